// The panel's entry: draws it, and connects it to the extension.

import { createRoot } from "react-dom/client";
import { App } from "./app.tsx";
import { askThrough } from "./ask.ts";
import { connect, type Host, ready } from "./host.ts";
import { LiveTexts } from "./live.ts";
import { Timelines } from "./past/timelines.ts";
import { Store } from "./store.ts";
import "./styles/main.css";

const root = document.getElementById("root");
if (!root) throw new Error("The page has no #root");
const host: Host = connect(receive, () => store.state.picture.thread);
const store = new Store(host.kept, (state) => host.keep(state));
const ask = askThrough(host);
const live = new LiveTexts();
const timelines = new Timelines(ask);
let isDrawn = false;
// What was kept is there at once; without it, nothing is said before the extension has said what there is.
if (host.kept !== undefined) draw();
ready(host);

function draw(): void {
  if (isDrawn || !root) return;
  isDrawn = true;
  createRoot(root).render(<App {...{ store, host, ask, live, timelines }} />);
}

function receive(message: Parameters<Parameters<typeof connect>[0]>[0]): void {
  if (message.type === "update") {
    const { thread } = message.picture;
    if (thread !== undefined && thread !== store.state.picture.thread) {
      timelines.clear();
      live.clear();
    }
    store.update(message.picture);
    const { picture } = store.state;
    // Asked before anything is drawn, so that the steps come with the first picture, or soon after it.
    if (picture.thread !== undefined && picture.status.kind !== "disconnected") timelines.open("");
    if (message.picture.tasks) live.begin(message.picture.tasks);
    draw();
  } else if (message.type === "live") live.add(message.texts);
  else
    document
      .querySelector<HTMLElement>(
        ".card :is(input, textarea, select, button.primary):enabled, .node[tabindex='0']",
      )
      ?.focus();
}
