// A checkpoint as the extension tells it; what was told of the one before stays until then.

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

/** Read again when it was edited, or where the run stands at it and something has happened. */
export function useCheckpoint(
  { ask, store, target, enabled }: DetailProps,
  /** What its tasks wrote is read, too. */
  writes: boolean,
): ReadCheckpoint {
  const version = useStore(store, ({ picture }) => (target.isCursor ? picture.past.version : 0));
  const [read, setRead] = useState<ReadCheckpoint>({});
  const { checkpointId, namespace } = target.place;
  const edits = target.step?.edits;
  // biome-ignore lint/correctness/useExhaustiveDependencies: an edit or a new version is read anew, though its number is not used
  useEffect(() => {
    if (!enabled) return;
    let left = false;
    ask({ type: "checkpoint", at: { checkpointId, namespace }, writes }).then(
      (checkpoint) => left || setRead({ checkpoint, writes }),
      (error: Error) => left || setRead({ problem: error.message }),
    );
    return () => {
      left = true;
    };
  }, [ask, checkpointId, namespace, version, edits, enabled, writes]);
  return read;
}
