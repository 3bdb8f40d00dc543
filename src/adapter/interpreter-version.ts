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
  const text = await new Promise<string>((resolve) => {
    execFile(command, ["--version"], { cwd, env, timeout: 5_000, windowsHide: true }, (_, stdout) =>
      resolve(stdout ?? ""),
    );
  });
  return tooOld(language, text);
}

/** `text` is what `--version` prints: `Python 3.9.18`, `v20.11.1`. */
export function tooOld(language: LaunchPlan["language"], text: string): DebugError | undefined {
  const [, version, major, minor] = /^(?:Python |v)((\d+)\.(\d+)\S*)/.exec(text) ?? [];
  if (version === undefined) return undefined;
  const [least, leastMinor] = oldest[language];
  const isOld = Number(major) < least || (Number(major) === least && Number(minor) < leastMinor);
  if (!isOld) return undefined;
  return interpreterTooOld(language === "python" ? "Python" : "Node", version, `${least}.${leastMinor}`);
}
