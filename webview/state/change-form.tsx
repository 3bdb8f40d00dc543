// What the forms that change the state have in common: their keys, and their buttons.

import type { KeyboardEvent, ReactNode } from "react";

/** Escape closes it, Ctrl+Enter or Cmd+Enter sends it; no other part of the page hears its keys. */
export function ChangeForm(props: { send(): Promise<void>; close(): void; readonly children: ReactNode }) {
  const { send, close, children } = props;
  const keyDown = (event: KeyboardEvent): void => {
    event.stopPropagation();
    if (event.key === "Escape") close();
    else if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) void send();
    else return;
    event.preventDefault();
  };
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: only hears the keys of the controls in it
    <div className="editor form" onKeyDown={keyDown}>
      {children}
    </div>
  );
}

interface ButtonsProps {
  readonly label: string;
  /** The change is made where the run stands, not on a branch. */
  readonly isCursor: boolean;
  readonly disabled: boolean;
  /** Absent: the form around is submitted. */
  send?(): Promise<void>;
  close(): void;
  readonly children?: ReactNode;
}

export function ChangeButtons({ label, isCursor, disabled, send, close, children }: ButtonsProps) {
  return (
    <div className="row">
      <button
        type={send ? "button" : "submit"}
        className="button"
        disabled={disabled}
        onClick={send && (() => void send())}
      >
        {label}
        {isCursor ? "" : " on a branch"}
      </button>
      <button type="button" className="button button-second" onClick={close}>
        Cancel
      </button>
      {children}
    </div>
  );
}
