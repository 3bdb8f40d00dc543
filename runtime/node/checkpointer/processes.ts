// Which process runs a thread, and whether that is still there.

import { hostname } from "node:os";

/** Who runs a thread to which this process gives the status. */
export const runnerOf = (status: string | null): string | null =>
  status === "running" ? `${process.pid}@${hostname()}` : null;

/** Whether the process that `threads.runner` names is there. One of another machine is believed to be. */
export function lives(runner: string | null): boolean {
  const [, pid, host] = /^([1-9]\d*)@(.*)$/s.exec(runner ?? "") ?? [];
  if (pid === undefined || host === undefined) return false;
  if (host.toLowerCase() !== hostname().toLowerCase()) return true;
  try {
    // Signal 0 is none, on Windows too.
    return process.kill(Number(pid), 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}
