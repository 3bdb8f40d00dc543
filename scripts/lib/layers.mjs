// Who may import whom: the rules, and a check of every import in the sources (type imports too) against them.
import { readdirSync, readFileSync, statSync } from "node:fs";
import path from "node:path";
import { Language, Parser, Query } from "web-tree-sitter";
import { moduleFile } from "./paths.mjs";

/**
 * Each folder's allowed folders or files of this project, and packages beyond `node:` ones that
 * only some folders may use. A folder of sources that is not listed here is a violation itself.
 */
const layers = {
  "src/base": [],
  "src/model": ["src/base"],
  "src/protocol": ["src/model", "src/base"],
  "src/analysis": ["src/model", "src/base"],
  "src/adapter": ["src/analysis", "src/protocol", "src/model", "src/base"],
  "src/language": ["src/analysis", "src/protocol", "src/model", "src/base"],
  "src/extension": ["src/protocol", "src/model", "src/base"],
  "runtime/node": ["src/protocol/runtime.ts", "src/model", "src/base"],
  webview: ["src/protocol/webview.ts", "src/model", "src/base"],
};
const sourceFolders = ["src", "runtime/node", "webview"];
const restrictedPackages = { vscode: ["src/extension"] };
const extensions = [".ts", ".tsx", ".mts", ".cts", ".js", ".mjs", ".cjs"];

/**
 * Checks all sources below `root`.
 * @param {string} root
 * @returns {Promise<string[]>} one line for each violation and each import cycle; empty when all is well
 */
export async function checkLayers(root) {
  const findImports = await importFinder();
  const files = sourceFolders.flatMap((folder) => listSources(root, folder));
  const known = new Set(files);
  const problems = [];
  const graph = new Map();
  for (const file of files) {
    const layer = Object.keys(layers).find((name) => file.startsWith(`${name}/`));
    if (!layer) {
      problems.push(`${file}: its folder has no rule; add it to scripts/lib/layers.mjs`);
      continue;
    }
    const targets = [];
    for (const { specifier, line } of findImports(file, readFileSync(path.join(root, file), "utf8"))) {
      const where = `${file}:${line}`;
      if (!specifier.startsWith(".")) {
        const name = specifier.split("/")[0];
        const allowed = restrictedPackages[name];
        if (allowed && !allowed.includes(layer)) problems.push(`${where}: ${layer} may not import "${name}"`);
        continue;
      }
      const target = path.posix.normalize(path.posix.join(path.posix.dirname(file), specifier));
      if (known.has(target)) targets.push(target);
      const inside = (folder) => target === folder || target.startsWith(`${folder}/`);
      if (!inside(layer) && !layers[layer].some(inside)) {
        problems.push(`${where}: ${layer} may not import ${target}`);
      }
    }
    graph.set(file, targets);
  }
  return [...problems, ...findCycles(graph).map((cycle) => `import cycle: ${cycle.join(" -> ")}`)];
}

function listSources(root, folder) {
  const absolute = path.join(root, folder);
  let entries;
  try {
    entries = readdirSync(absolute);
  } catch {
    return [];
  }
  return entries.flatMap((name) => {
    const file = `${folder}/${name}`;
    if (statSync(path.join(root, file)).isDirectory()) {
      return name === "node_modules" ? [] : listSources(root, file);
    }
    return extensions.includes(path.extname(name)) ? [file] : [];
  });
}

const importQuery = `
  (import_statement source: (string (string_fragment) @from))
  (export_statement source: (string (string_fragment) @from))
  (import_require_clause source: (string (string_fragment) @from))
  (call_expression function: (import) arguments: (arguments . (string (string_fragment) @from)))
  (call_expression function: (identifier) @callee arguments: (arguments . (string (string_fragment) @from))
    (#eq? @callee "require"))
`;

/** Returns a function that lists the import specifiers of one source, with their lines (1-based). */
async function importFinder() {
  await Parser.init();
  const load = (name) => Language.load(moduleFile("tree-sitter-typescript", `tree-sitter-${name}.wasm`));
  const languages = { ts: await load("typescript"), tsx: await load("tsx") };
  const queries = {
    ts: new Query(languages.ts, importQuery),
    tsx: new Query(languages.tsx, importQuery),
  };
  const parser = new Parser();
  return (file, text) => {
    const language = file.endsWith("x") ? "tsx" : "ts";
    parser.setLanguage(languages[language]);
    const tree = parser.parse(text);
    const found = queries[language]
      .captures(tree.rootNode)
      .filter((capture) => capture.name === "from")
      .map(({ node }) => ({ specifier: node.text, line: node.startPosition.row + 1 }));
    tree.delete();
    return found;
  };
}

/** Each import cycle once, as the files on it, the first one again at the end. */
function findCycles(graph) {
  const cycles = [];
  const state = new Map();
  const trail = [];
  const visit = (file) => {
    state.set(file, "open");
    trail.push(file);
    for (const target of graph.get(file) ?? []) {
      if (state.get(target) === "open") cycles.push([...trail.slice(trail.indexOf(target)), target]);
      else if (!state.has(target)) visit(target);
    }
    trail.pop();
    state.set(file, "done");
  };
  for (const file of graph.keys()) if (!state.has(file)) visit(file);
  return cycles;
}
