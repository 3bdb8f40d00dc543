// Tests that run inside VS Code's extension host, each file in a window of its own.
import { fileURLToPath } from "node:url";
import { examplesDir } from "../../scripts/lib/paths.mjs";
import { runInExtensionHost } from "./harness/host.ts";

describe("in the extension host", function () {
  this.timeout(180_000);

  for (const name of ["activation", "contributions"]) {
    it(name, () =>
      runInExtensionHost({
        folder: examplesDir,
        file: fileURLToPath(new URL(`host/${name}.host.ts`, import.meta.url)),
      }),
    );
  }
});
