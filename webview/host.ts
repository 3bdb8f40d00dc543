// The panel's only way out: messages to and from the extension, and what the panel keeps over a reload.

import {
  type FromPanel,
  type Json,
  type PanelRequest,
  panelProtocolVersion,
  readToPanel,
  type ToPanel,
} from "../src/protocol/webview.ts";

interface VsCodeApi {
  postMessage(message: unknown): void;
  getState(): unknown;
  setState(state: unknown): void;
}
declare function acquireVsCodeApi(): VsCodeApi;

/** A request without its number, which is given when it is sent. */
type Unnumbered<Request> = Request extends { request: number } ? Omit<Request, "request" | "thread"> : never;
export type Question = Unnumbered<PanelRequest>;

export type Send = (message: Exclude<FromPanel, PanelRequest>) => void;
/** Resolves with the extension's result; rejects with its message to the user. */
export type Request = (request: Question) => Promise<Json>;

export interface Host {
  readonly send: Send;
  readonly request: Request;
  /** What was kept by the panel that stood here before, such as before a reload of the window. */
  readonly kept: unknown;
  keep(state: unknown): void;
}

type Update = Exclude<ToPanel, { type: "result" }>;

/**
 * Connects to the extension; `receive` is called with each message that is no answer to a request. `thread` is the one
 * that is shown.
 */
export function connect(receive: (message: Update) => void, thread: () => string | undefined): Host {
  const api = acquireVsCodeApi();
  const open = new Map<number, { resolve(value: Json): void; reject(error: Error): void }>();
  let last = 0;
  window.addEventListener("message", (event: MessageEvent<unknown>) => {
    const read = readToPanel(event.data);
    if ("problem" in read) {
      console.warn(`A message of the extension was not understood: ${read.problem}`);
      return;
    }
    const { message } = read;
    if (message.type !== "result") {
      receive(message);
      return;
    }
    const waiting = open.get(message.request);
    open.delete(message.request);
    if (message.error === undefined) waiting?.resolve(message.value ?? null);
    else waiting?.reject(new Error(message.error));
  });
  const post = (message: FromPanel): void => api.postMessage(message);
  return {
    send: post,
    request: (question) =>
      new Promise((resolve, reject) => {
        const request = ++last;
        open.set(request, { resolve, reject });
        const shown = thread();
        post({ ...question, request, ...(shown !== undefined && { thread: shown }) });
      }),
    kept: api.getState(),
    keep: (state) => api.setState(state),
  };
}

/** Tells the extension that messages are heard from now on. */
export function ready({ send }: Host): void {
  send({ type: "ready", version: panelProtocolVersion });
}
