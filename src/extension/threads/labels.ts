// How threads, graphs and sizes are put into words. Knows nothing of VS Code.

import type { ThreadInfo } from "../../protocol/runtime.ts";

type Status = ThreadInfo["status"];

/** A codicon for each state, and the theme's colour of it. */
export const stateIcons: Readonly<Record<Status, { readonly icon: string; readonly color: string }>> = {
  running: { icon: "debug-start", color: "debugIcon.startForeground" },
  stopped: { icon: "debug-pause", color: "debugIcon.pauseForeground" },
  waiting: { icon: "comment-discussion", color: "problemsWarningIcon.foreground" },
  failed: { icon: "error", color: "testing.iconFailed" },
  ended: { icon: "pass", color: "testing.iconPassed" },
};

const words: Readonly<Record<Status, { readonly alone: string; readonly at: string }>> = {
  running: { alone: "running", at: "running" },
  stopped: { alone: "stopped", at: "stopped at" },
  waiting: { alone: "waiting", at: "waiting for" },
  failed: { alone: "failed", at: "failed at" },
  ended: { alone: "ended", at: "ended" },
};

/** `waiting for review`, `stopped at write, search`, `ended`. */
export function stateText({ status, at }: Pick<ThreadInfo, "status" | "at">): string {
  const { alone, at: before } = words[status];
  const nodes = [...new Set(at)];
  if (nodes.length === 0 || before === alone) return alone;
  const named = nodes.slice(0, 3).join(", ");
  return `${before} ${nodes.length > 3 ? `${named} and ${nodes.length - 3} more` : named}`;
}

/** A random id, with the number that a copy of the thread has behind it. */
const uuid = /^([0-9a-f]{8})-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}((-\d+)*)$/i;

/** The user's name for it, else its id; of a random id its beginning. */
export function threadName({ name, id }: Pick<ThreadInfo, "name" | "id">): string {
  if (name !== undefined && name.trim() !== "") return name;
  return id.replace(uuid, "$1$2");
}

const minute = 60_000;
const hour = 60 * minute;
const day = 24 * hour;

/** How long ago an ISO 8601 time is, in a few characters. `now` is in milliseconds since 1970. */
export function timeAgo(iso: string, now: number): string {
  const then = Date.parse(iso);
  if (Number.isNaN(then)) return "";
  const passed = now - then;
  if (passed < minute) return "just now";
  if (passed < hour) return `${Math.floor(passed / minute)} min ago`;
  if (passed < day) return `${Math.floor(passed / hour)} h ago`;
  const days = Math.floor(passed / day);
  if (days === 1) return "yesterday";
  return days < 30 ? `${days} days ago` : new Date(then).toLocaleDateString();
}

/** An ISO 8601 time to the second, in the user's zone and manner. */
export function exactTime(iso: string): string {
  const then = Date.parse(iso);
  return Number.isNaN(then) ? iso : new Date(then).toLocaleString(undefined, longTime);
}

const longTime: Intl.DateTimeFormatOptions = { dateStyle: "long", timeStyle: "medium" };

/** `0 B`, `812 kB`, `12.3 MB`. */
export function bytesText(bytes: number): string {
  let value = bytes;
  for (const unit of ["B", "kB", "MB", "GB"]) {
    if (value < 1000 || unit === "GB")
      return `${value < 10 && unit !== "B" ? value.toFixed(1) : Math.round(value)} ${unit}`;
    value /= 1000;
  }
  return "";
}

/** `1 thread`, `2,000 threads`. */
export function countText(count: number, what: string): string {
  return `${count.toLocaleString("en-US")} ${what}${count === 1 ? "" : "s"}`;
}
