// What the graph says while it runs: tokens of its models and custom events, by node.

import { useSyncExternalStore } from "react";
import type { PartProps } from "../parts.ts";

export function useHasLive({ live }: PartProps): boolean {
  return useSyncExternalStore(live.subscribe, () => live.all().length > 0);
}

export function Live({ live }: PartProps) {
  const spoken = useSyncExternalStore(live.subscribe, live.all);
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: it is scrolled by keys
    <section className="scroll" aria-label="Live" tabIndex={0}>
      {spoken.map(({ graph, node, tokens, custom, count }) => (
        <article className="spoken" key={`${graph} ${node}`}>
          <h3>
            {[...graph.split("/"), node].filter((part) => part !== "").join(":") || "The graph"}
            {count > 0 && <span className="quiet"> {count} custom events</span>}
          </h3>
          {tokens !== "" && <pre className="body-text">{tokens}</pre>}
          {custom.length > 0 && (
            <ul className="events">
              {custom.slice(-20).map(({ number, text }) => (
                <li key={number}>
                  <code>{text}</code>
                </li>
              ))}
            </ul>
          )}
        </article>
      ))}
    </section>
  );
}
