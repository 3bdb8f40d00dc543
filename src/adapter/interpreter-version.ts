// Finds out whether an interpreter that would not start is too old; asked only then, since asking takes time.

import { execFile } from "node:child_process";
import { type DebugError, interpreterTooOld } from "./errors.ts";
import type { LaunchPlan } from "./launch-plan.ts";

const oldest = { python: [3, 10], javascript: [22, 13] } as const;

/** Undefined: its version is no reason, or can't be found out. */
export async function whyNotStarted({
  command,
  cwd,
  env,
  language,
}: LaunchPlan): Promise<DebugError | undefined> {
  return tooOld(language, await versionOf({ command, cwd, env }));
}

/** What `--version` prints; empty where the program can't be started. */
export function versionOf({
  command,
  cwd,
  env,
}: Pick<LaunchPlan, "command" | "cwd" | "env">): Promise<string> {
  return new Promise((resolve) => {
    execFile(command, ["--version"], { cwd, env, timeout: 5_000, windowsHide: true }, (_, stdout) =>
      resolve(stdout ?? ""),
    );
  });
}

/** As `tooOld`: it can run a runtime, as far as its version tells. */
export function isNewEnough(language: LaunchPlan["language"], text: string): boolean {
  return versionIn(text) !== undefined && tooOld(language, text) === undefined;
}

/** `text` is what `--version` prints: `Python 3.9.18`, `v20.11.1`. */
export function tooOld(language: LaunchPlan["language"], text: string): DebugError | undefined {
  const found = versionIn(text);
  if (!found) return undefined;
  const [, version = "", major, minor] = found;
  const [least, leastMinor] = oldest[language];
  const isOld = Number(major) < least || (Number(major) === least && Number(minor) < leastMinor);
  if (!isOld) return undefined;
  return interpreterTooOld(language === "python" ? "Python" : "Node", version, `${least}.${leastMinor}`);
}

const versionIn = (text: string): RegExpExecArray | undefined =>
  /^(?:Python |v)((\d+)\.(\d+)\S*)/.exec(text) ?? undefined;
