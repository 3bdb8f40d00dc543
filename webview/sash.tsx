// The line between two parts, moved by pointer or arrow keys.

import type { KeyboardEvent, PointerEvent } from "react";

export interface SashProps {
  readonly name: string;
  /** In percent of what both parts share. */
  readonly at: number;
  /** It stands between a left and a right part. */
  readonly vertical: boolean;
  move(percent: number): void;
}

export function Sash({ name, at, vertical, move }: SashProps) {
  const set = (percent: number): void => move(Math.round(Math.min(80, Math.max(20, percent))));
  const drag = (event: PointerEvent<HTMLElement>): void => {
    const box = event.currentTarget.parentElement?.getBoundingClientRect();
    if (!box || !event.currentTarget.hasPointerCapture(event.pointerId)) return;
    const share = vertical ? (event.clientX - box.left) / box.width : (event.clientY - box.top) / box.height;
    set(share * 100);
  };
  const press = (event: KeyboardEvent): void => {
    if (event.key === (vertical ? "ArrowLeft" : "ArrowUp")) set(at - 5);
    else if (event.key === (vertical ? "ArrowRight" : "ArrowDown")) set(at + 5);
    else return;
    event.preventDefault();
  };
  return (
    // biome-ignore lint/a11y/useSemanticElements: a rule can't be moved
    <div
      className={vertical ? "sash" : "sash sash-flat"}
      role="separator"
      aria-orientation={vertical ? "vertical" : "horizontal"}
      aria-label={name}
      aria-valuenow={at}
      aria-valuemin={20}
      aria-valuemax={80}
      tabIndex={0}
      onPointerDown={(event) => event.currentTarget.setPointerCapture(event.pointerId)}
      onPointerMove={drag}
      onKeyDown={press}
    />
  );
}
