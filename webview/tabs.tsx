// Tabs: of the parts of a narrow panel, and of what is shown of a step.

import type { KeyboardEvent } from "react";
import type { PartProps } from "./parts.ts";
import { tabs, useStore } from "./store.ts";

const names = { graph: "Graph", timeline: "Timeline", state: "State" } as const;

/** Seen only where the panel is narrow. */
export function Tabs({ store }: PartProps) {
  const tab = useStore(store, ({ view }) => view.tab);
  return (
    <TabList
      className="tabs parts"
      label="Parts"
      tabs={tabs.map((each) => ({ id: each, name: names[each] }))}
      current={tab}
      choose={(id) => store.look({ tab: id })}
    />
  );
}

export interface TabListProps<Id extends string> {
  readonly className?: string;
  readonly label: string;
  readonly tabs: readonly { readonly id: Id; readonly name: string }[];
  readonly current: Id;
  choose(id: Id): void;
}

export function TabList<Id extends string>({
  className = "tabs",
  label,
  tabs: all,
  current,
  choose,
}: TabListProps<Id>) {
  const press = (event: KeyboardEvent<HTMLElement>): void => {
    const by = event.key === "ArrowRight" ? 1 : event.key === "ArrowLeft" ? -1 : 0;
    const index = all.findIndex(({ id }) => id === current);
    const next = all[(index + by + all.length) % all.length];
    if (by === 0 || !next) return;
    event.preventDefault();
    choose(next.id);
    const list = event.currentTarget;
    requestAnimationFrame(() => list.querySelector<HTMLElement>("[aria-selected=true]")?.focus());
  };
  return (
    <div className={className} role="tablist" aria-label={label} onKeyDown={press}>
      {all.map(({ id, name }) => (
        <button
          key={id}
          type="button"
          role="tab"
          aria-selected={id === current}
          tabIndex={id === current ? 0 : -1}
          onClick={() => choose(id)}
        >
          {name}
        </button>
      ))}
    </div>
  );
}
