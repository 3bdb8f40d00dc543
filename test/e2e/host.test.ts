// Tests that run inside VS Code's extension host, each file in a window of its own.
import { fileURLToPath } from "node:url";
import { examplesDir } from "../../scripts/lib/paths.mjs";
import { runInExtensionHost } from "./harness/host.ts";

describe("in the extension host", function () {
  this.timeout(180_000);

  const pythonExtension = fileURLToPath(new URL("fixtures/python-extension", import.meta.url));

  for (const name of ["activation", "contributions", "python-environment"]) {
    it(name, () =>
      runInExtensionHost({
        folder: examplesDir,
        ...(name === "python-environment" && { extensions: [pythonExtension] }),
        file: fileURLToPath(new URL(`host/${name}.host.ts`, import.meta.url)),
      }),
    );
  }
});
