// Tests that run inside VS Code's extension host, all in one window: the first one finds the extension not yet active.
import { fileURLToPath } from "node:url";
import { examplesDir } from "../../scripts/lib/paths.mjs";
import { runInExtensionHost } from "./harness/host.ts";

const inThisFolder = (file: string): string => fileURLToPath(new URL(file, import.meta.url));

describe("in the extension host", function () {
  this.timeout(180_000);

  it("activates, contributes and knows the Python extension's choice", () =>
    runInExtensionHost({
      folder: examplesDir,
      extensions: [inThisFolder("fixtures/python-extension")],
      files: ["activation", "contributions", "python-environment"].map((name) =>
        inThisFolder(`host/${name}.host.ts`),
      ),
    }));
});
