// `npm run package [-- --out <file>]`: builds for production and packs the VSIX with only what runs.
import path from "node:path";
import { parseArgs } from "node:util";
import { moduleFile, node, root } from "./lib/paths.mjs";
import { main, must, say } from "./lib/run.mjs";
import { setup } from "./lib/setup.mjs";

await main(async () => {
  const { values } = parseArgs({ options: { out: { type: "string" } } });
  await setup({ python: false });
  say("Building for production (dist/)");
  await must("The build", node, [path.join(root, "esbuild.mjs"), "--production"]);
  const out = values.out ? ["--out", path.resolve(values.out)] : [];
  const output = await must("Packing", node, [
    moduleFile("@vscode", "vsce", "vsce"),
    "package",
    "--no-dependencies",
    // The README's pictures are in the VSIX itself.
    "--no-rewrite-relative-links",
    "--allow-missing-repository",
    ...out,
  ]);
  say(output.trim());
});
