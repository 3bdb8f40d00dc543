// The questions of a run that waits, one card each.

import type { Drafts, PanelInterrupt } from "../../src/protocol/webview.ts";
import type { Request, Send } from "../host.ts";

export interface QuestionsProps {
  readonly interrupts: readonly PanelInterrupt[];
  readonly drafts: Drafts;
  readonly send: Send;
  readonly request: Request;
  /** The run stands at these questions, so that they can be answered. */
  readonly enabled: boolean;
}

export function Questions({ interrupts }: QuestionsProps) {
  return (
    <ul>
      {interrupts.map(({ id, index, node, value }) => (
        <li key={`${id}#${index}`}>
          {node}: {typeof value === "string" ? value : JSON.stringify(value)}
        </li>
      ))}
    </ul>
  );
}
