// Errors of the runtime as the protocol carries them, and errors of the user's code taken apart into frames.

import { sep } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import type { ErrorInfo, RuntimeErrorCode, RuntimeErrorData } from "../../src/protocol/runtime.ts";

const ownFolders = [import.meta.dirname + sep, pathToFileURL(import.meta.dirname + sep).href];

/** An error with one of the protocol's codes. Its message says what to do next. */
export class RuntimeError extends Error {
  readonly code: RuntimeErrorCode;
  readonly info: ErrorInfo | undefined;
  readonly candidates: string[] | undefined;

  constructor(
    code: RuntimeErrorCode,
    message: string,
    more: { info?: ErrorInfo; candidates?: string[]; cause?: unknown } = {},
  ) {
    super(message, more.cause === undefined ? undefined : { cause: more.cause });
    this.code = code;
    this.info = more.info;
    this.candidates = more.candidates;
  }
}

/** `error` of a JSON-RPC response. */
export function errorResponse(error: unknown): { code: number; message: string; data: RuntimeErrorData } {
  const code = -32000;
  if (!(error instanceof RuntimeError)) {
    const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
    return { code, message: `The debugger's runtime failed: ${text}`, data: { code: "internal" } };
  }
  const { info, candidates } = error;
  const data: RuntimeErrorData = {
    code: error.code,
    ...(info === undefined ? {} : { error: info }),
    ...(candidates === undefined ? {} : { candidates }),
  };
  return { code, message: error.message, data };
}

export const notBegun = (threadId: string): RuntimeError =>
  new RuntimeError("unknownThread", `Thread ${threadId} has not begun. Give it an input.`);

const frameForm = /^\s+at (?:async )?(?:(.*?) \()?((?:file:\/\/|\/|[A-Za-z]:[\\/])[^)]*?):(\d+):(\d+)\)?$/;

/** Where the parser stopped: on the first line of a SyntaxError's stack, or in the message of esbuild (tsx). */
const syntaxForm = /^(file:\/\/.*?|\/.*?|[A-Za-z]:[\\/].*?):(\d+)(?::(\d+): ERROR: .*)?$/m;

/** The frames of a V8 stack that have a file, innermost first. */
export function framesOf(stack: string): ErrorInfo["frames"] {
  const frames: ErrorInfo["frames"] = [];
  const syntax = /^\S/.test(stack) ? syntaxForm.exec(stack.split(/\n\s+at /)[0] ?? "") : null;
  if (syntax?.[1] !== undefined) {
    frames.push({
      name: "<module>",
      path: syntax[1].startsWith("file:") ? pathOf(syntax[1]) : syntax[1],
      line: Number(syntax[2]),
    });
  }
  for (const text of stack.split("\n")) {
    const match = frameForm.exec(text);
    if (match?.[2] === undefined) continue;
    const path = match[2].startsWith("file:") ? pathOf(match[2]) : match[2];
    // tsx gives the loaded file's URL a query of its own.
    frames.push({
      name: match[1]?.trim() || "<anonymous>",
      path: path.replace(/\?.*$/, ""),
      line: Number(match[3]),
      column: Number(match[4]),
    });
  }
  return frames;
}

/** The debugger's own functions stand between LangGraph's; they are none of the user's concern. */
function withoutOwnFrames(stack: string): string {
  const lines = stack.split("\n");
  return lines.filter((line) => !ownFolders.some((folder) => line.includes(folder))).join("\n");
}

function pathOf(url: string): string {
  try {
    return fileURLToPath(url);
  } catch {
    return url;
  }
}

/** Whatever was thrown, as the protocol shows it. Never throws, whatever the error's own getters do. */
export function errorInfo(error: unknown, where: { node?: string; namespace?: string } = {}): ErrorInfo {
  const info: ErrorInfo = { type: "Error", message: "", traceback: "", frames: [], ...where };
  try {
    if (error instanceof Error || (typeof error === "object" && error !== null && "message" in error)) {
      const thrown = error as { name?: unknown; message?: unknown; stack?: unknown; errors?: unknown };
      const named = thrown.name === undefined || thrown.name === "Error" ? undefined : String(thrown.name);
      info.type = named ?? error.constructor?.name ?? "Error";
      info.message = String(thrown.message);
      const stack = typeof thrown.stack === "string" ? withoutOwnFrames(thrown.stack) : "";
      info.frames = framesOf(stack).filter((frame) => !frame.path?.startsWith("node:"));
      info.traceback = stack === "" ? `${info.type}: ${info.message}` : stack;
      const cause = (error as { cause?: unknown }).cause;
      if (cause instanceof Error && typeof cause.stack === "string") {
        info.traceback += `\nCaused by: ${cause.stack}`;
      }
    } else {
      info.type = typeof error;
      info.message = String(error);
      info.traceback = `Thrown: ${info.message}`;
    }
  } catch (shown) {
    info.message = `This error can't be shown: ${String(shown)}`;
  }
  return info;
}
