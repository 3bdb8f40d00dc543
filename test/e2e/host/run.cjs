// Runs mocha inside VS Code's extension host on the files that E2E_HOST_TESTS names, one path a line.
// The report goes to the file E2E_HOST_REPORT: the host's own output is full of other things.
const Mocha = require("mocha");

exports.run = async () => {
  const mocha = new Mocha({
    timeout: 60_000,
    forbidOnly: true,
    forbidPending: true,
    reporter: "json",
    reporterOptions: { output: process.env.E2E_HOST_REPORT },
  });
  for (const file of process.env.E2E_HOST_TESTS.split("\n")) mocha.addFile(file);
  await mocha.loadFilesAsync();
  const failures = await new Promise((resolve) => mocha.run(resolve));
  if (failures > 0) throw new Error(`${failures} failed in the extension host`);
};
