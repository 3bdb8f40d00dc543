// Builds everything that runs into dist/: `node esbuild.mjs [--watch] [--production]`.
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import * as esbuild from "esbuild";
import { noLangchain, noVscode } from "./scripts/lib/forbid-imports.mjs";

const root = path.dirname(fileURLToPath(import.meta.url));
const dist = path.join(root, "dist");
const { values: options } = parseArgs({
  options: { watch: { type: "boolean" }, production: { type: "boolean" } },
});

const common = {
  bundle: true,
  platform: "node",
  absWorkingDir: root,
  charset: "utf8",
  legalComments: "none",
  logLevel: "warning",
  minify: options.production === true,
  // Names of classes and functions are shown to users in error messages.
  keepNames: true,
  sourcemap: options.production ? false : "linked",
  write: false,
};

// esbuild leaves import.meta empty in CommonJS.
const commonjs = {
  ...common,
  format: "cjs",
  banner: { js: 'const __moduleUrl = require("node:url").pathToFileURL(__filename).href;' },
  define: { "import.meta.url": "__moduleUrl" },
};

/** The panel runs in a webview: a page of its own in Chromium. */
const page = {
  ...common,
  platform: "browser",
  format: "iife",
  target: "chrome126",
  // React's own checks are for those who develop React components; what counts is what users get.
  define: { "process.env.NODE_ENV": '"production"' },
  minify: true,
  keepNames: false,
  jsx: "automatic",
  loader: { ".ttf": "file" },
  assetNames: "[name]",
  // Only a helper for tests in @rjsf/core wants it, which is not bundled: it would need eval.
  external: ["@rjsf/validator-ajv8"],
  alias: { "markdown-to-jsx/react": path.join(root, "webview", "questions", "no-markdown.ts") },
  plugins: [noVscode(root)],
};

const bundles = [
  {
    ...commonjs,
    entryPoints: ["src/extension/main.ts"],
    outfile: "dist/extension.js",
    target: "node20",
    external: ["vscode"],
  },
  {
    ...commonjs,
    entryPoints: ["src/adapter/main.ts"],
    outfile: "dist/adapter.js",
    target: "node20",
    plugins: [noVscode(root)],
  },
  ...["main", "worker"].map((name) => ({
    ...common,
    entryPoints: [`runtime/node/${name}.ts`],
    outfile: `dist/runtime/node/${name}.mjs`,
    format: "esm",
    target: "node22",
    // Bundled CommonJS packages still call require for Node's own modules.
    banner: {
      js: 'import { createRequire as __createRequire } from "node:module"; const require = __createRequire(import.meta.url);',
    },
    plugins: [noVscode(root), noLangchain(root)],
  })),
  { ...page, entryPoints: ["webview/main.tsx"], outfile: "dist/webview/main.js" },
  { ...page, entryPoints: ["webview/layout/worker.ts"], outfile: "dist/webview/layout.js" },
];

/** Files that run as they are: [source, target in dist]. */
function copies() {
  const grammars = [
    ["web-tree-sitter", "web-tree-sitter.wasm"],
    ["tree-sitter-python", "tree-sitter-python.wasm"],
    ["tree-sitter-typescript", "tree-sitter-typescript.wasm"],
    ["tree-sitter-typescript", "tree-sitter-tsx.wasm"],
  ].map(([name, file]) => [path.join(root, "node_modules", name, file), file]);
  const python = path.join(root, "runtime", "python");
  const sources = listFiles(python)
    .filter((file) => file.endsWith(".py") || file.endsWith(".json") || path.basename(file) === "py.typed")
    .map((file) => [file, path.join("runtime", "python", path.relative(python, file))]);
  const tables = path.join("runtime", "schema", "checkpoints.sql");
  return [...grammars, ...sources, [path.join(root, tables), tables]];
}

function listFiles(folder) {
  if (!existsSync(folder)) return [];
  return readdirSync(folder).flatMap((name) => {
    const file = path.join(folder, name);
    if (!statSync(file).isDirectory()) return [file];
    return name.startsWith(".") || name === "__pycache__" ? [] : listFiles(file);
  });
}

/** Files of dist/ that this build stands for; others are left from before and are removed. */
const written = new Set();

/** Writes a file of dist/ if its content is new, so that a session that runs from it is not disturbed. */
function write(file, content) {
  written.add(file);
  if (existsSync(file) && readFileSync(file).equals(content)) return;
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, content);
}

function writeFixedFiles() {
  // The adapter's bundle is CommonJS whatever package.json stands above the place it is copied to.
  write(path.join(dist, "package.json"), Buffer.from('{ "type": "commonjs" }\n'));
  for (const [source, target] of copies()) write(path.join(dist, target), readFileSync(source));
}

const writeOutput = {
  name: "write-output",
  setup(build) {
    build.onEnd((result) => {
      for (const { path: file, contents } of result.outputFiles ?? []) write(file, Buffer.from(contents));
      if (options.watch) {
        writeFixedFiles();
        console.log(`${build.initialOptions.outfile}: ${result.errors.length === 0 ? "built" : "failed"}`);
      }
    });
  },
};

function present(bundle) {
  const [entry] = bundle.entryPoints;
  if (existsSync(path.join(root, entry))) return true;
  console.log(`${bundle.outfile} left out: ${entry} does not exist yet`);
  return false;
}

const builds = bundles
  .filter(present)
  .map((bundle) => ({ ...bundle, plugins: [...(bundle.plugins ?? []), writeOutput] }));

if (options.watch) {
  console.log("building");
  for (const build of builds) await (await esbuild.context(build)).watch();
  console.log("watching");
} else {
  try {
    writeFixedFiles();
    await Promise.all(builds.map((build) => esbuild.build(build)));
    for (const file of listFiles(dist)) if (!written.has(file)) rmSync(file);
  } catch (error) {
    // esbuild has printed its own errors, with the place of each.
    if (!error.errors) throw error;
    process.exitCode = 1;
  }
}
