// What every part of the panel is given.

import type { Ask } from "./ask.ts";
import type { Host } from "./host.ts";
import type { LiveTexts } from "./live.ts";
import type { Timelines } from "./past/timelines.ts";
import type { Store } from "./store.ts";

export interface PartProps {
  readonly store: Store;
  readonly host: Host;
  readonly ask: Ask;
  readonly timelines: Timelines;
  readonly live: LiveTexts;
}
