// Runs other programs for the project's scripts, and ends with one clear line when one fails.
import { spawn } from "node:child_process";
import path from "node:path";
import { node, root } from "./paths.mjs";

/** An error whose message is all the user needs: shown without a stack. */
export class ScriptError extends Error {}

/** Says in one line what the script does now. */
export function say(line) {
  process.stdout.write(`${line}\n`);
}

/**
 * Environment for a child, without what `npm run` left for this script: npm would take its prefix from it.
 * @param {Record<string, string | undefined>} [extra] variables to add
 */
export function childEnv(extra = {}) {
  const env = { ...process.env, ...extra };
  for (const name of Object.keys(env)) {
    if (/^npm_(lifecycle|package|command|node_execpath|config_local_prefix)/i.test(name)) delete env[name];
  }
  delete env.INIT_CWD;
  return env;
}

/** The PATH with the project's own Node first: a TypeScript graph needs Node 22.13, npm is content with 20. */
export function pathWithNode() {
  const name = Object.keys(process.env).find((key) => key.toUpperCase() === "PATH") ?? "PATH";
  return { [name]: [path.dirname(node), process.env[name]].filter(Boolean).join(path.delimiter) };
}

/**
 * Runs a program to its end.
 * @param {string} command
 * @param {readonly string[]} args
 * @param {{cwd?: string, env?: Record<string, string | undefined>, quiet?: boolean, timeout?: number}} [options]
 *   quiet keeps its output back, in the result, instead of showing it; it is killed after timeout milliseconds
 * @returns {Promise<{code: number, output: string}>} code is 1 or more when it failed or was killed
 */
export function run(command, args, options = {}) {
  // cmd files (npm.cmd) need a shell, and a shell needs spaces quoted.
  const shell = process.platform === "win32" && /\.(cmd|bat)$/i.test(command);
  const quote = (text) => (shell && /[\s&()^]/.test(text) ? `"${text}"` : text);
  return new Promise((resolve, reject) => {
    const child = spawn(quote(command), args.map(quote), {
      cwd: options.cwd ?? root,
      env: childEnv(options.env),
      shell,
      timeout: options.timeout,
      stdio: options.quiet ? ["ignore", "pipe", "pipe"] : "inherit",
    });
    let output = "";
    const keep = (chunk) => {
      output += chunk;
    };
    child.stdout?.setEncoding("utf8").on("data", keep);
    child.stderr?.setEncoding("utf8").on("data", keep);
    child.on("error", (error) => reject(new ScriptError(`Cannot run ${command}: ${error.message}`)));
    child.on("close", (code) => resolve({ code: code ?? 1, output }));
  });
}

/** Like {@link run}, quietly, but a failure throws a ScriptError that holds the program's output. */
export async function must(what, command, args, options = {}) {
  const { code, output } = await run(command, args, { quiet: true, ...options });
  if (code !== 0) {
    throw new ScriptError(
      `${what} failed (exit code ${code}): ${command} ${args.join(" ")}\n${output.trim()}`,
    );
  }
  return output;
}

/** Runs a script's main function: a ScriptError becomes its message and exit code 1. */
export async function main(body) {
  try {
    await body();
  } catch (error) {
    process.stderr.write(`${error instanceof ScriptError ? error.message : error.stack}\n`);
    process.exitCode = 1;
  }
}
