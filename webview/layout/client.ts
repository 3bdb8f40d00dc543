// Asks the layout worker. A graph that was laid out before keeps its places as long as it has the same parts.

import type { Layout, LayoutGraph, LayoutRequest, LayoutResult } from "./types.ts";

/** The part of Trusted Types that is used; TypeScript's own types have none of it. */
interface TrustedTypes {
  createPolicy(
    name: string,
    rules: { createScriptURL(url: string): string },
  ): {
    createScriptURL(url: string): string;
  };
}

export class LayoutClient {
  readonly #address: string;
  readonly #known = new Map<string, Layout>();
  readonly #open = new Map<number, (result: LayoutResult) => void>();
  #worker: Promise<Worker> | undefined;
  #last = 0;

  /** `address` is that of the worker's script, which is fetched with the first graph. */
  constructor(address: string) {
    this.#address = address;
  }

  async layOut(graphs: readonly LayoutGraph[]): Promise<Layout[]> {
    const keys = graphs.map((graph) => JSON.stringify(graph));
    const fresh = graphs.filter((_, index) => !this.#known.has(keys[index] ?? ""));
    if (fresh.length > 0) {
      const { layouts } = await this.#ask(fresh);
      fresh.forEach((graph, index) => {
        const layout = layouts[index];
        if (layout) this.#known.set(JSON.stringify(graph), layout);
      });
    }
    return keys.flatMap((key) => this.#known.get(key) ?? []);
  }

  async #ask(graphs: readonly LayoutGraph[]): Promise<LayoutResult> {
    this.#worker ??= this.#start();
    const worker = await this.#worker;
    return new Promise((resolve) => {
      const request: LayoutRequest = { request: ++this.#last, graphs };
      this.#open.set(request.request, resolve);
      worker.postMessage(request);
    });
  }

  /** A webview may start workers of its own origin only, which its files are not of: hence the way over a blob. */
  async #start(): Promise<Worker> {
    const script = await (await fetch(this.#address)).blob();
    const address = URL.createObjectURL(new Blob([script], { type: "text/javascript" }));
    const { trustedTypes } = window as { trustedTypes?: TrustedTypes };
    const policy = trustedTypes?.createPolicy("langgraph-panel", { createScriptURL: (url) => url });
    const worker = new Worker(policy?.createScriptURL(address) ?? address);
    worker.addEventListener("message", ({ data }: MessageEvent<LayoutResult>) => {
      this.#open.get(data.request)?.(data);
      this.#open.delete(data.request);
    });
    return worker;
  }
}
