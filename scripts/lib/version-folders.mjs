// Installs a version of LangGraph into an ignored folder of its own, and says how the tests find it there.
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { nameOf } from "./langgraph-versions.mjs";
import { root, toolsDir, venvPython } from "./paths.mjs";
import { must } from "./run.mjs";
import { npm } from "./setup.mjs";
import { once } from "./stamp.mjs";

const graphs = path.join(root, "test", "fixtures", "graphs");
/** Longest that one installation may take, in milliseconds: a resolver that finds no way may search for ever. */
const longest = 5 * 60_000;

/**
 * Installs it, unless it is there.
 * @param {import("./langgraph-versions.mjs").Version} version
 * @returns {Promise<Record<string, string>>} environment variables for the tests
 */
export async function installed(version) {
  if (version.packages === undefined) return {};
  const folder = path.join(toolsDir, "versions", nameOf(version));
  return version.language === "python" ? python(version, folder) : javascript(version, folder);
}

async function python({ packages }, folder) {
  const program = path.join(folder, path.relative(path.dirname(path.dirname(venvPython)), venvPython));
  await install(folder, packages, async () => {
    const limit = { timeout: longest };
    await must("Making a virtual environment", venvPython, ["-m", "venv", folder], limit);
    const options = ["--quiet", "--disable-pip-version-check"];
    await must("pip install", program, ["-m", "pip", "install", ...options, ...packages], limit);
  });
  return { LANGGRAPH_TEST_PYTHON: program };
}

async function javascript({ packages, replaced = {} }, folder) {
  await install(folder, packages, async () => {
    mkdirSync(folder, { recursive: true });
    writeFileSync(path.join(folder, "package.json"), '{ "private": true, "type": "module" }\n');
    const [command, ...first] = npm();
    const options = ["--no-audit", "--no-fund", "--save-exact"];
    await must("npm install", command, [...first, "install", ...options, ...packages], {
      cwd: folder,
      timeout: longest,
    });
  });
  const copy = path.join(folder, "graphs");
  rmSync(copy, { recursive: true, force: true });
  cpSync(path.join(graphs, "typescript"), copy, { recursive: true });
  if (Object.keys(replaced).length > 0) adapt(copy, replaced);
  return { LANGGRAPH_TEST_GRAPHS: copy };
}

/** Makes copies of the fixtures import what this version has. */
function adapt(copy, replaced) {
  for (const name of readdirSync(copy).filter((each) => each.endsWith(".ts"))) {
    const file = path.join(copy, name);
    const text = readFileSync(file, "utf8");
    const adapted = text.replaceAll(/(\bfrom )"([^"]+)"/g, (all, from, module) =>
      Object.hasOwn(replaced, module) ? `${from}"${replaced[module]}"` : all,
    );
    writeFileSync(file, adapted);
  }
  cpSync(path.join(graphs, "older", "langgraph.ts"), path.join(copy, "langgraph.ts"));
}

async function install(folder, packages, step) {
  await once(path.join(folder, ".installed"), packages, async () => {
    if (existsSync(folder)) rmSync(folder, { recursive: true, force: true });
    await step();
  });
}
