// What of a traceback is shown: from the user's own code inwards. What LangGraph does around a node says nothing of it.

import type { ErrorInfo } from "../protocol/runtime.ts";
import { isOwn } from "./graphs.ts";

/** Frames up to the outermost of the user's own, innermost first; all where none is. */
export function ownFrames(frames: ErrorInfo["frames"], folders: readonly string[]): ErrorInfo["frames"] {
  const outermost = frames.findLastIndex(({ path }) => path !== undefined && isOwn(path, folders));
  return outermost === -1 ? frames : frames.slice(0, outermost + 1);
}

const pythonFrame = /^ {2}File "(.+)", line \d+/;

/**
 * The text of a Python traceback without the frames outside the user's own ones, which Python prints first, in each of
 * its chained errors. Other texts are given back as they are: Node prints the innermost frame first.
 */
export function ownTraceback(text: string, folders: readonly string[]): string {
  const kept: string[] = [];
  let outside: string[] | undefined;
  for (const line of text.split("\n")) {
    if (line.startsWith("Traceback (most recent call last):")) {
      kept.push(line, ...(outside ?? []));
      outside = [];
      continue;
    }
    const file = pythonFrame.exec(line)?.[1];
    if (outside && file !== undefined && isOwn(file, folders)) outside = undefined;
    else if (outside && !line.startsWith(" ")) {
      // None of its frames is the user's own.
      kept.push(...outside);
      outside = undefined;
    }
    (outside ?? kept).push(line);
  }
  return [...kept, ...(outside ?? [])].join("\n");
}
