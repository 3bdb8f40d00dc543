// What the parts of the state are given.

import type { PanelCheckpoint } from "../../src/protocol/webview.ts";
import type { PartProps } from "../parts.ts";
import type { Target } from "../past/target.ts";

export interface DetailProps extends PartProps {
  readonly target: Target;
  /** Something can be asked: the session is there. */
  readonly enabled: boolean;
}

export interface CheckpointProps extends DetailProps {
  readonly checkpoint: PanelCheckpoint;
}
