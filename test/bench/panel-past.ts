// Measures the panel's timeline and state in Chromium, with the real adapter behind the page: a thread of 10,000
// checkpoints, and one whose state is larger than 100 MB. In both languages.
//
//     LANGGRAPH_BENCH_STEPS=1000 npm run bench -- panel-past      a shorter thread
//     LANGGRAPH_BENCH_MEGABYTES=10 npm run bench -- panel-past    a smaller state
/// <reference lib="dom" />
import { join } from "node:path";
import { monitorEventLoopDelay } from "node:perf_hooks";
import { setTimeout as pause } from "node:timers/promises";
import type { Locator, Page } from "playwright-core";
import { type Adapter, isReading, PastReading } from "../../src/extension/panel/reading.ts";
import type { TimelineBody } from "../../src/protocol/dap.ts";
import type { PanelRequest, Picture } from "../../src/protocol/webview.ts";
import type { Client } from "../dap/client.ts";
import { type Language, languages } from "../dap/languages.ts";
import { closeBrowser, openBrowser, openPanel, type Panel } from "../webview/panel.ts";
import { states } from "../webview/pictures.ts";
import { type Frames, framesDuring, watchFrames } from "./lib/frames.ts";
import { inFolder, percentile, report } from "./lib/measure.ts";
import { atEnd, longThread } from "./lib/threads.ts";

const steps = Number(process.env.LANGGRAPH_BENCH_STEPS ?? 10_000);
const megabytes = Number(process.env.LANGGRAPH_BENCH_MEGABYTES ?? 100);
const graphs = join(import.meta.dirname, "graphs");

/** What is told of a thread when it is opened. */
const known = (thread: string): Partial<Picture> => ({
  ...states.ended,
  thread,
  past: { version: Date.now(), at: [{ namespace: "", graph: "" }] },
});

/** A panel whose requests are answered as the extension answers them, by this adapter. */
async function panelOf(client: Client): Promise<Panel> {
  const reading = new PastReading();
  const asks: Adapter = {
    id: "bench",
    request: (name, args) => client.request(name, args),
    ask: (command, args) => client.request(command, args),
  };
  const answers = (asked: PanelRequest): unknown =>
    isReading(asked) ? reading.answer(asks, asked) : undefined;
  const panel = await openPanel({ width: 1000, height: 800, answers });
  panel.page.setDefaultTimeout(300_000);
  await watchFrames(panel.page);
  return panel;
}

function reportFrames(of: string, { between, held }: Frames, peer?: Frames): void {
  const p95 = percentile(between, 0.95);
  report(`${of}: between two frames, p95`, p95, "ms", peer ? undefined : 34);
  report(`${of}: frames of more than 16.7 ms`, 100 * share(between, 17.5), "%");
  report(`${of}: frames of more than 50 ms`, 100 * share(between, 50), "%", peer ? undefined : 1);
  report(`${of}: the main thread held at a stretch, at most`, Math.max(0, ...held), "ms");
  if (peer) report(`${of}: p95 against an empty list's`, p95 / percentile(peer.between, 0.95), "times", 1.5);
}

function share(values: readonly number[], more: number): number {
  return values.filter((value) => value > more).length / Math.max(1, values.length);
}

// ------------------------------------------------------------------------------------------------ timeline

async function timeline(language: Language, folder: string): Promise<void> {
  const client = await longThread(language, folder, steps);
  const { total } = await client.request<TimelineBody>("langgraph/timeline", { limit: 1 });
  if (total < steps) throw new Error(`The thread has ${total} checkpoints.`);
  const of = `${language.name}, timeline of ${steps}`;
  const firsts: number[] = [];
  for (let round = 0; round < 5; round++) {
    const panel = await panelOf(client);
    firsts.push(await firstRows(panel));
    if (round === 4) await scrolls(of, panel);
    await panel.close();
  }
  report(`${of}: thread known to its rows painted, median`, percentile(firsts, 0.5), "ms", 300);
  report(`${of}: thread known to its rows painted, at most`, Math.max(...firsts), "ms", 300);
  client.kill();
  await client.exited;
}

/** From the message that tells of the thread to the paint of its rows. */
async function firstRows(panel: Panel): Promise<number> {
  await panel.page.evaluate(() => {
    const stage = window as unknown as { told: number; rows: Promise<number> };
    stage.rows = new Promise((resolve) => {
      const look = (): void => {
        if (!document.querySelector(".step-step")) requestAnimationFrame(look);
        // After the paint that comes now.
        else setTimeout(() => resolve(performance.now()));
      };
      requestAnimationFrame(look);
    });
    window.addEventListener("message", () => {
      stage.told ??= performance.now();
    });
  });
  await panel.show(known("long"));
  return panel.page.evaluate(async () => {
    const { rows, told } = window as unknown as { told: number; rows: Promise<number> };
    return (await rows) - told;
  });
}

async function scrolls(of: string, panel: Panel): Promise<void> {
  const { page } = panel;
  const list = page.locator(".steps");
  const peer = await emptyList(page, list);
  await list.hover();
  const wheel = await framesDuring(page, () => wheelDown(page, ".steps"));
  reportFrames(`${of}, an empty list by wheel`, peer);
  reportFrames(`${of}, by wheel from end to end`, wheel, peer);
  const jumps = await framesDuring(page, async () => {
    for (let jump = 0; jump < 60; jump++) {
      await list.evaluate(
        (element, part) =>
          new Promise<void>((resolve) => {
            element.scrollTop = element.scrollHeight * part;
            requestAnimationFrame(() => requestAnimationFrame(() => resolve()));
          }),
        ((jump * 37) % 60) / 60,
      );
    }
  });
  reportFrames(`${of}, by jumps`, jumps, peer);
  const keys = await framesDuring(page, async () => {
    await list.focus();
    for (let press = 0; press < 60; press++) await page.keyboard.press("PageUp");
  });
  report(
    `${of}, by Page Up with the state of each step: the main thread held, at most`,
    held(keys),
    "ms",
    50,
  );
}

const held = ({ held: tasks }: Frames): number => Math.max(0, ...tasks);

/** Down to the end of all that is loaded and is loaded meanwhile. */
async function wheelDown(page: Page, selector: string): Promise<void> {
  for (let last = -1, still = 0; still < 20; ) {
    await page.mouse.wheel(0, 3_000);
    const top = await page.evaluate(
      (wanted) =>
        new Promise<number>((resolve) =>
          requestAnimationFrame(() => resolve(document.querySelector(wanted)?.scrollTop ?? 0)),
        ),
      selector,
    );
    still = top === last ? still + 1 : 0;
    last = top;
  }
}

/** A list of the same size in the same place that draws nothing. */
async function emptyList(page: Page, list: Locator): Promise<Frames> {
  const box = await list.boundingBox();
  if (!box) throw new Error("The timeline is not there");
  await page.evaluate(
    ({ x, y, width, height, all }) => {
      const empty = document.createElement("div");
      empty.id = "empty-list";
      const inner = empty.appendChild(document.createElement("div"));
      inner.style.height = `${all}px`;
      empty.style.cssText = `position:fixed;overflow:auto;left:${x}px;top:${y}px;width:${width}px;height:${height}px;z-index:20`;
      document.body.append(empty);
    },
    { ...box, all: 24 * steps },
  );
  await page.mouse.move(box.x + 50, box.y + 50);
  const frames = await framesDuring(page, () => wheelDown(page, "#empty-list"));
  await page.evaluate(() => document.getElementById("empty-list")?.remove());
  return frames;
}

// ------------------------------------------------------------------------------------------------ a large state

async function largeState(language: Language, folder: string): Promise<void> {
  const client = await atEnd({
    ...language.attributes,
    program: join(graphs, language.name === "Python" ? "large.py" : "large.ts"),
    checkpoints: join(folder, "large.sqlite"),
    threadId: "large",
    input: { count: 3_000 * megabytes, characters: megabytes * 1_000_000, depth: 100 },
  });
  const panel = await panelOf(client);
  const { page } = panel;
  const of = `${language.name}, a state of ${megabytes} MB`;
  const value = (name: string): Locator =>
    page.locator(".value", { has: page.locator(`.value-name:text-is("${name}")`) }).locator(".value-face");
  const delay = monitorEventLoopDelay({ resolution: 5 });
  let waited = 0;
  /** Is answered by the adapter alone: how long it could do nothing else. */
  let isOver = false;
  const ask = async (): Promise<void> => {
    while (!isOver) {
      const began = performance.now();
      await client.request("threads");
      waited = Math.max(waited, performance.now() - began);
      await pause(100);
    }
  };
  const asking = ask();
  const measured = async (name: string, act: () => Promise<unknown>): Promise<void> => {
    delay.reset();
    delay.enable();
    waited = 0;
    const began = performance.now();
    let took = 0;
    const frames = await framesDuring(page, async () => {
      await act();
      took = performance.now() - began;
    });
    delay.disable();
    report(`${of}: ${name}`, took, "ms");
    report(`${of}: ${name}, longest frame`, Math.max(...frames.between), "ms", 100);
    report(`${of}: ${name}, extension host held`, delay.max / 1e6, "ms", 200);
    report(`${of}: ${name}, adapter held`, waited, "ms", 500);
  };
  await panel.show(known("large"));
  await measured("the checkpoint at which it stands", () => value("items").waitFor());
  await measured("the one before", async () => {
    await page.locator(".step", { hasText: "write" }).last().click();
    await page.locator(".details-step", { hasText: "write" }).waitFor();
    await page
      .locator(".details .hint")
      .waitFor({ timeout: 1_000 })
      .catch(() => undefined);
    await value("items").waitFor();
  });
  await measured("a list of 300,000 items, and some far in it", async () => {
    await value("items").click();
    await page.locator(".value-name", { hasText: /^0 … / }).waitFor();
    for (let depth = 0; depth < 2; depth++) {
      const parts = page.locator(".value", { has: page.locator(".value-name", { hasText: "…" }) });
      await parts
        .nth(depth * 3 + 2)
        .locator(".value-face")
        .click();
    }
    await page.locator(".value-text", { hasText: "item-" }).first().waitFor();
  });
  await measured("a filter", async () => {
    await page.getByRole("searchbox").fill("item");
    await page.getByRole("searchbox").fill("");
  });
  await measured("scrolling it", async () => {
    await page.locator(".values").hover();
    await wheelDown(page, ".values");
    await page.locator(".values").evaluate((element) => {
      element.scrollTop = 0;
    });
  });
  await value("items").click();
  await measured(`a text of ${megabytes} MB`, async () => {
    await value("text").click();
    await page.locator(".body-text", { hasText: "lorem" }).waitFor();
  });
  await value("text").click();
  await measured("an object that goes deep", async () => {
    await value("deep").click();
    // Down by one, and open.
    for (let depth = 0; depth < 60; depth++) {
      await page.keyboard.press("ArrowRight");
      await page.keyboard.press("ArrowRight");
    }
  });
  await page.locator(".step", { hasText: "revise" }).last().click();
  await measured("what differs from the step before", async () => {
    await page.getByRole("tab", { name: "Changes" }).click();
    await page.locator(".change, .large").first().waitFor();
  });
  if ((await page.getByText("Compare this key").count()) > 0) {
    await measured("what differs, of one key", async () => {
      await page.getByText("Compare this key").first().click();
      await page.getByText("Comparing…").waitFor({ state: "detached" });
    });
  }
  isOver = true;
  await asking;
  await panel.close();
  client.kill();
  await client.exited;
}

await openBrowser();
try {
  await inFolder(async (folder) => {
    for (const language of languages) {
      await timeline(language, join(folder, language.name));
      await largeState(language, join(folder, language.name));
    }
  });
} finally {
  await closeBrowser();
}
