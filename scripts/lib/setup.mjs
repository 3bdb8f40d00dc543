// Sets up what the project needs on a fresh machine: npm packages, Node 24, the Python environment.
import { existsSync, readFileSync, rmSync } from "node:fs";
import path from "node:path";
import { findOnPath, moduleFile, node, root, venvDir, venvPython } from "./paths.mjs";
import { must, run, ScriptError, say } from "./run.mjs";
import { once } from "./stamp.mjs";

/** Command and first arguments that run npm: the npm that runs this script, else the one on PATH. */
export function npm() {
  const cli = process.env.npm_execpath;
  if (cli?.endsWith(".js") && existsSync(cli)) return [process.execPath, cli];
  const found = findOnPath("npm");
  if (!found)
    throw new ScriptError("npm is not on PATH. It comes with Node.js: install Node.js 20 or newer.");
  return [found];
}

/** Runs npm quietly in a folder. */
export async function runNpm(what, args, cwd) {
  const [command, ...first] = npm();
  await must(what, command, [...first, ...args], { cwd });
}

/** Installs the npm packages when one is missing or has another version than package-lock.json asks for. */
async function setupPackages() {
  if (!existsSync(moduleFile())) {
    say("Installing npm packages (npm ci)");
    await runNpm("npm ci", ["ci"], root);
  } else if (packagesAreStale()) {
    say("Updating npm packages (npm install)");
    await runNpm("npm install", ["install"], root);
  }
  if (!existsSync(node)) {
    // npm may be told not to run install scripts, or prune what this one fetched.
    say('Fetching Node 24 for tests and tools (npm package "node")');
    await must("Fetching Node 24", process.execPath, ["installArchSpecificPackage.js"], {
      cwd: moduleFile("node"),
    });
    if (!existsSync(node))
      throw new ScriptError(`Node 24 was not put at ${node}. Run npm ci, then try again.`);
  }
}

/** Compares the lock file with the record npm keeps of what it installed. */
function packagesAreStale() {
  const record = moduleFile(".package-lock.json");
  if (!existsSync(record)) return true;
  const wanted = JSON.parse(readFileSync(path.join(root, "package-lock.json"), "utf8")).packages;
  const installed = JSON.parse(readFileSync(record, "utf8")).packages;
  return Object.entries(wanted).some(
    ([name, entry]) =>
      name.startsWith("node_modules/") &&
      !entry.optional &&
      !entry.devOptional &&
      !entry.peer &&
      installed[name]?.version !== entry.version,
  );
}

/** First Python on this machine that is new enough: its command, first arguments and version. */
async function findPython() {
  const commands = process.platform === "win32" ? [["py", "-3"], ["python"]] : [["python3"], ["python"]];
  const seen = [];
  for (const [name, ...first] of commands) {
    const command = findOnPath(name);
    if (!command) continue;
    const { code, output } = await run(
      command,
      [...first, "-c", 'import sys; print("%d.%d.%d" % sys.version_info[:3])'],
      {
        quiet: true,
      },
    );
    const version = output.trim();
    if (code !== 0) continue;
    const [major = 0, minor = 0] = version.split(".").map(Number);
    if (major === 3 && minor >= 10) return { command, first, version };
    seen.push(`${name} is ${version}`);
  }
  const found = seen.length > 0 ? ` (${seen.join(", ")})` : "";
  throw new ScriptError(
    `Python 3.10 or newer is needed and was not found on PATH${found}. Install it, then run this again.`,
  );
}

/** Makes the virtual environment of the examples and installs these requirements files into it. */
async function setupPython(requirements) {
  if (existsSync(venvDir) && !(await works(venvPython))) {
    say("The Python environment examples/python/.venv does not run any more: making it anew");
    rmSync(venvDir, { recursive: true, force: true });
  }
  if (!existsSync(venvPython)) {
    const python = await findPython();
    say(`Making the Python environment examples/python/.venv (Python ${python.version})`);
    await must("Making the virtual environment", python.command, [...python.first, "-m", "venv", venvDir]);
  }
  const names = requirements.map((file) => path.relative(root, file).replaceAll("\\", "/"));
  const stamp = path.join(venvDir, `.setup-${names.join("+").replaceAll(/[^a-z+]+/g, "-")}`);
  await once(stamp, [...requirements.map((file) => readFileSync(file, "utf8")), venvDir], async () => {
    say(`Installing Python packages (${names.join(", ")})`);
    await must("pip install", venvPython, [
      "-m",
      "pip",
      "install",
      "--quiet",
      "--disable-pip-version-check",
      ...requirements.flatMap((file) => ["-r", file]),
    ]);
  });
}

async function works(python) {
  try {
    return (await run(python, ["-c", "import pip"], { quiet: true })).code === 0;
  } catch {
    return false;
  }
}

/**
 * Sets up everything the examples need, and with `tests` what checks and tests need too.
 * Quick when nothing has changed.
 * @param {{tests?: boolean, python?: boolean}} [options] `python: false` leaves the Python environment alone
 */
export async function setup(options = {}) {
  if (options.python === false) {
    await setupPackages();
    return;
  }
  const requirements = [path.join(root, "examples", "python", "requirements.txt")];
  if (options.tests) requirements.push(path.join(root, "test", "requirements.txt"));
  // Both mostly wait for the network. Neither is left half done when the other fails.
  const both = await Promise.allSettled([setupPackages(), setupPython(requirements)]);
  for (const { reason } of both) if (reason) throw reason;
}
