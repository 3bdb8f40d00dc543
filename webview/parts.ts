// What every part of the panel is given.

import type { Host } from "./host.ts";
import type { Store } from "./store.ts";

export interface PartProps {
  readonly store: Store;
  readonly host: Host;
}
