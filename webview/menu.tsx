// A menu where the pointer or the row is, walked through by arrow keys; Escape or a click elsewhere closes it.

import { type KeyboardEvent, useEffect, useLayoutEffect, useRef } from "react";

export interface MenuItem {
  readonly name: string;
  /** A line comes before it. */
  readonly apart?: boolean;
  act(): void;
}

export interface MenuProps {
  readonly label: string;
  /** In the window. */
  readonly at: { readonly x: number; readonly y: number };
  readonly items: readonly MenuItem[];
  close(): void;
}

export function Menu({ label, at, items, close }: MenuProps) {
  const menu = useRef<HTMLDivElement>(null);
  const last = useRef(close);
  last.current = close;
  useLayoutEffect(() => {
    const element = menu.current;
    if (!element) return;
    const { width, height } = element.getBoundingClientRect();
    element.style.left = `${Math.max(0, Math.min(at.x, window.innerWidth - width - 4))}px`;
    element.style.top = `${Math.max(0, Math.min(at.y, window.innerHeight - height - 4))}px`;
  }, [at]);
  useEffect(() => {
    const before = document.activeElement;
    const element = menu.current;
    element?.querySelector<HTMLElement>("[role=menuitem]")?.focus();
    const press = (event: PointerEvent): void => {
      if (!element?.contains(event.target as Node)) last.current();
    };
    const leave = (): void => last.current();
    window.addEventListener("pointerdown", press, true);
    window.addEventListener("blur", leave);
    return () => {
      window.removeEventListener("pointerdown", press, true);
      window.removeEventListener("blur", leave);
      const { activeElement } = document;
      if (
        before instanceof HTMLElement &&
        (activeElement === document.body || element?.contains(activeElement))
      )
        before.focus();
    };
  }, []);
  const keyDown = (event: KeyboardEvent): void => {
    const all = [...(menu.current?.querySelectorAll<HTMLElement>("[role=menuitem]") ?? [])];
    const index = all.indexOf(document.activeElement as HTMLElement);
    const go = (to: number): void => all[(to + all.length) % all.length]?.focus();
    if (event.key === "ArrowDown") go(index + 1);
    else if (event.key === "ArrowUp") go(index - 1);
    else if (event.key === "Home") go(0);
    else if (event.key === "End") go(-1);
    else if (event.key === "Escape" || event.key === "Tab") close();
    else return;
    event.preventDefault();
    event.stopPropagation();
  };
  return (
    <div className="menu" role="menu" aria-label={label} ref={menu} onKeyDown={keyDown}>
      {items.map(({ name, apart, act }) => (
        <button
          key={name}
          type="button"
          role="menuitem"
          tabIndex={-1}
          className={apart ? "menu-item menu-apart" : "menu-item"}
          onClick={() => {
            close();
            act();
          }}
        >
          {name}
        </button>
      ))}
    </div>
  );
}
