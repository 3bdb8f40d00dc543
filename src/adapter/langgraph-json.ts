// Reads langgraph.json: which graphs it names, and the environment and import paths they need.

import { existsSync, readFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { readEnvFile } from "./env-file.ts";
import { badJson, unreadableFile } from "./errors.ts";

export interface LanggraphJson {
  readonly path: string;
  readonly folder: string;
  /** `./file.py:variable` or `package.module:variable` by name, as written. */
  readonly graphs: ReadonlyMap<string, string>;
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
  const folder = dirname(path);
  const raw = readJsonFile("langgraph.json", path);
  const fields = (typeof raw === "object" && raw !== null ? raw : {}) as Record<string, unknown>;
  const graphs = new Map<string, string>();
  for (const [name, value] of Object.entries((fields.graphs ?? {}) as Record<string, unknown>)) {
    const target = typeof value === "object" && value !== null ? (value as { path?: unknown }).path : value;
    if (typeof target === "string") graphs.set(name, target);
  }
  const dependencies = Array.isArray(fields.dependencies) ? fields.dependencies : [];
  return {
    path,
    folder,
    graphs,
    env: environment(folder, fields.env),
    searchPaths: dependencies
      .filter((item): item is string => typeof item === "string" && item.startsWith("."))
      .map((item) => resolve(folder, item)),
  };
}

function environment(folder: string, env: unknown): Record<string, string> {
  if (typeof env === "string") {
    const path = resolve(folder, env);
    // LangGraph's own CLI needs the file; here a graph that needs none of it shall still start.
    return existsSync(path) ? readEnvFile("env", path) : {};
  }
  const entries = typeof env === "object" && env !== null && !Array.isArray(env) ? Object.entries(env) : [];
  return Object.fromEntries(entries.map(([name, value]) => [name, String(value)]));
}

/** Parsed content of a JSON file that the user names in `attribute`. */
export function readJsonFile(attribute: string, path: string): unknown {
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch (error) {
    throw unreadableFile(attribute, path, (error as NodeJS.ErrnoException).code ?? String(error));
  }
  try {
    return JSON.parse(text.replace(/^\uFEFF/, ""));
  } catch (error) {
    throw badJson(path, (error as Error).message);
  }
}
