// An esbuild plugin that fails the build where a bundle imports what it must not carry or find.
import path from "node:path";

/**
 * @param {string} root folder that the message's paths start from
 * @param {RegExp} pattern names of packages
 * @param {string} reason why they may not be imported, for the message
 */
export function forbidImports(root, pattern, reason) {
  return {
    name: "forbid-imports",
    setup(build) {
      build.onResolve({ filter: pattern }, ({ path: name, importer }) => ({
        errors: [{ text: `${path.relative(root, importer)} imports "${name}": ${reason}` }],
      }));
    },
  };
}

/** For every bundle but the extension's. */
export const noVscode = (root) => forbidImports(root, /^vscode$/, "only the extension runs inside VS Code");

/** For the runtime, which works with whatever version the user's project has. */
export const noLangchain = (root) =>
  forbidImports(
    root,
    /^(@langchain\/|langchain($|\/))/,
    "the runtime must load it from the user's project at run time (type imports are fine)",
  );
