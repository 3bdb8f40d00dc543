// One sentence that says where the run stands, in the words of the debugger.

import type { PartProps } from "./parts.ts";
import { useStore } from "./store.ts";

export function Header({ store }: PartProps) {
  const status = useStore(store, (state) => state.picture.status);
  return (
    <header className="header">
      <h1 role="status">{status.text}</h1>
    </header>
  );
}
