// Stamp files: remember the inputs of a step that took long, so that it runs again only when they change.
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";

/**
 * Runs `step` unless the stamp file already holds the hash of `inputs`, then writes it.
 * @param {string} stampFile
 * @param {readonly string[]} inputs texts that decide the step's result: file contents, versions
 * @param {() => Promise<void>} step
 */
export async function once(stampFile, inputs, step) {
  const hash = createHash("sha256").update(JSON.stringify(inputs)).digest("hex");
  if (existsSync(stampFile) && readFileSync(stampFile, "utf8").trim() === hash) return;
  rmSync(stampFile, { force: true });
  await step();
  mkdirSync(path.dirname(stampFile), { recursive: true });
  writeFileSync(stampFile, `${hash}\n`);
}
