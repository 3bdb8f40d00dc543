// What of a traceback is shown: from the user's own code inwards. What LangGraph does around a node says nothing of it.

import type { ErrorInfo } from "../protocol/runtime.ts";
import { isOwn } from "./graphs.ts";

/** Frames up to the outermost of the user's own, innermost first; all where none is. */
export function ownFrames(frames: ErrorInfo["frames"], folders: readonly string[]): ErrorInfo["frames"] {
  const outermost = frames.findLastIndex(({ path }) => path !== undefined && isOwn(path, folders));
  return outermost === -1 ? frames : frames.slice(0, outermost + 1);
}

/**
 * The text of a traceback without the frames around the user's own ones, in each of its errors: Python prints them
 * first, Node last. An error that has no frame of the user's is left whole.
 */
export function ownTraceback(text: string, folders: readonly string[]): string {
  return ownOfNode(ownOfPython(text.split("\n"), folders), folders).join("\n");
}

const pythonFrame = /^ {2}File "(.+)", line \d+/;

function ownOfPython(lines: readonly string[], folders: readonly string[]): string[] {
  const kept: string[] = [];
  let outside: string[] | undefined;
  for (const line of lines) {
    if (line.startsWith("Traceback (most recent call last):")) {
      kept.push(line);
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
  return [...kept, ...(outside ?? [])];
}

/** `    at publish (/project/graph.ts:35:9)`, `    at async file:///project/graph.ts:35:9`. */
const nodeFrame = /^\s+at (?:.*\()?(?:async )?(?:file:\/\/)?([^()]+?):\d+:\d+\)?/;

function ownOfNode(lines: readonly string[], folders: readonly string[]): string[] {
  const kept: string[] = [];
  let frames: string[] = [];
  const end = (): void => {
    const outermost = frames.findLastIndex((frame) => isOwn(nodeFrame.exec(frame)?.[1] ?? "", folders));
    kept.push(...(outermost === -1 ? frames : frames.slice(0, outermost + 1)));
    frames = [];
  };
  for (const line of lines) {
    if (/^\s+at /.test(line)) frames.push(line);
    else {
      end();
      kept.push(line);
    }
  }
  end();
  return kept;
}
