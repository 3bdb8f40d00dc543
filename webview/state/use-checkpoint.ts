// A checkpoint as the extension tells it; what was told of the one before stays for a moment, so that nothing flickers.

import { useEffect, useState } from "react";
import type { PanelCheckpoint } from "../../src/protocol/webview.ts";
import { useStore } from "../store.ts";
import type { DetailProps } from "./parts.ts";

export interface ReadCheckpoint {
  readonly checkpoint?: PanelCheckpoint;
  /** With what its tasks wrote. */
  readonly writes?: boolean;
  readonly problem?: string;
}

/** So long what was read before is shown in place of what is asked for. */
export const patience = 300;

/** Read again when it was edited, or where the run stands at it and something has happened. */
export function useCheckpoint(
  { ask, store, target, enabled }: DetailProps,
  /** What its tasks wrote is read, too. */
  writes: boolean,
): ReadCheckpoint {
  const version = useStore(store, ({ picture }) => (target.isCursor ? picture.past.version : 0));
  const [read, setRead] = useState<ReadCheckpoint & { readonly of?: string }>({});
  const [late, setLate] = useState<string>();
  const { checkpointId, namespace } = target.place;
  const edits = target.step?.edits;
  const of = `${namespace} ${checkpointId}`;
  // biome-ignore lint/correctness/useExhaustiveDependencies: an edit or a new version is read anew, though its number is not used
  useEffect(() => {
    if (!enabled) return;
    let left = false;
    const timer = setTimeout(() => setLate(of), patience);
    ask({ type: "checkpoint", at: { checkpointId, namespace }, writes }).then(
      (checkpoint) => left || setRead({ checkpoint, writes, of }),
      (error: Error) => left || setRead({ problem: error.message, of }),
    );
    return () => {
      left = true;
      clearTimeout(timer);
    };
  }, [ask, checkpointId, namespace, version, edits, enabled, writes]);
  return read.of === of || late !== of ? read : {};
}
