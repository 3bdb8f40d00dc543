// Finds langgraph.json and reads it with the environment that it names.

import { existsSync, readFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { type ConfigEntry, LanggraphJsonError, parseLanggraphJson } from "../analysis/langgraph-json.ts";
import { readEnvFile } from "./env-file.ts";
import { badJson, badLanggraphJson, unreadableFile } from "./errors.ts";

export interface LanggraphJson {
  readonly path: string;
  readonly folder: string;
  readonly graphs: readonly ConfigEntry[];
  readonly env: Readonly<Record<string, string>>;
  /** Local dependencies, absolute. */
  readonly searchPaths: readonly string[];
}

/** The nearest langgraph.json at or above `folder`. */
export function findLanggraphJson(folder: string): string | undefined {
  for (let current = resolve(folder); ; current = dirname(current)) {
    const path = join(current, "langgraph.json");
    if (existsSync(path)) return path;
    if (dirname(current) === current) return undefined;
  }
}

export function readLanggraphJson(path: string): LanggraphJson {
  const text = readText("langgraph.json", path);
  try {
    const { entries, env, envFile, roots } = parseLanggraphJson(text, path);
    // LangGraph's own CLI needs the file; here a graph that needs none of it shall still start.
    const fromFile = envFile !== undefined && existsSync(envFile) ? readEnvFile("env", envFile) : {};
    return { path, folder: dirname(path), graphs: entries, env: { ...fromFile, ...env }, searchPaths: roots };
  } catch (error) {
    throw error instanceof LanggraphJsonError ? badLanggraphJson(error.message) : error;
  }
}

/** Parsed content of a JSON file that the user names in `attribute`. */
export function readJsonFile(attribute: string, path: string): unknown {
  const text = readText(attribute, path);
  try {
    return JSON.parse(text.replace(/^\uFEFF/, ""));
  } catch (error) {
    throw badJson(path, (error as Error).message);
  }
}

function readText(attribute: string, path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    throw unreadableFile(attribute, path, (error as NodeJS.ErrnoException).code ?? String(error));
  }
}
