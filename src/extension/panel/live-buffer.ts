// Gathers what a graph says while it runs, so that the panel is told some times a second, however much comes.

import type { CustomEvents } from "../../protocol/dap.ts";
import type { LiveText } from "../../protocol/webview.ts";

const pauseMilliseconds = 30;
/** Custom values are shown up to this many characters. */
const longestCustom = 300;
/** More than these in one pause are not kept: nobody could read them. */
const mostTexts = 500;

export class LiveBuffer {
  readonly #tell: (texts: LiveText[]) => void;
  /** By namespace, as far as tasks have told. */
  readonly #graphs = new Map<string, string>();
  #texts: LiveText[] = [];
  #timer: NodeJS.Timeout | undefined;

  constructor(tell: (texts: LiveText[]) => void) {
    this.#tell = tell;
  }

  /** A task of this graph runs in the namespace. */
  knows(namespace: string, graph: string): void {
    this.#graphs.set(namespace, graph);
  }

  token({ namespace, node, text }: CustomEvents["langgraph/message"]): void {
    const last = this.#texts.at(-1);
    if (last?.kind === "tokens" && last.namespace === namespace && last.node === node) last.text += text;
    else this.#add("tokens", namespace, node, text);
  }

  custom({ namespace, node, value }: CustomEvents["langgraph/custom"]): void {
    const json = JSON.stringify(value);
    const text = json.length > longestCustom ? `${json.slice(0, longestCustom)}…` : json;
    this.#add("custom", namespace, node, text);
  }

  dispose(): void {
    clearTimeout(this.#timer);
  }

  #add(kind: LiveText["kind"], namespace: string, node: string | undefined, text: string): void {
    const graph = this.#graphs.get(namespace) ?? graphIn(namespace);
    this.#texts.push({ kind, graph, namespace, ...(node !== undefined && { node }), text });
    if (this.#texts.length > mostTexts) this.#texts.shift();
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      const texts = this.#texts;
      this.#texts = [];
      this.#tell(texts);
    }, pauseMilliseconds);
  }
}

/** `research:1f0…|inner:2ab…` is a run of the graph `research/inner`. */
function graphIn(namespace: string): string {
  return namespace
    .split("|")
    .map((part) => part.split(":")[0] ?? "")
    .join("/");
}
