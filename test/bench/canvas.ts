// Measures the panel's picture of a graph of 200 nodes, in Chromium: from the message with the graph to all nodes drawn,
// the longest time that the page's main thread was held by it, and the time between frames while it is dragged.
/// <reference lib="dom" />

import { closeBrowser, openBrowser, openPanel } from "../webview/panel.ts";
import { largeGraph, stopped } from "../webview/pictures.ts";
import { median, percentile, report } from "./lib/measure.ts";

interface Watched extends Window {
  longest: number;
  /** When each was drawn. */
  times: number[];
}

const rounds = Number(process.env.LANGGRAPH_BENCH_ROUNDS ?? 5);

await openBrowser();
try {
  const panel = await openPanel({
    width: 1000,
    height: 800,
    picture: { ...stopped, tasks: [], breakpoints: [], interrupts: [], graphs: [] },
  });
  const { page } = panel;
  await page.evaluate(() => {
    const watched = window as unknown as Watched;
    watched.longest = 0;
    new PerformanceObserver((list) => {
      for (const { duration } of list.getEntries()) watched.longest = Math.max(watched.longest, duration);
    }).observe({ type: "longtask" });
  });
  const drawn: number[] = [];
  for (let round = 0; round < rounds; round++) {
    // Each has another count: a graph that is known is not laid out again.
    const count = 200 + round;
    const started = performance.now();
    await panel.show({ graphs: largeGraph(count) });
    await page.waitForFunction((wanted) => document.querySelectorAll(".node").length === wanted, count);
    drawn.push(performance.now() - started);
  }
  report("200 nodes: laid out and drawn, median", median(drawn), "ms", 1000);
  report(
    "200 nodes: the main thread held at a stretch, at most",
    await page.evaluate(() => (window as unknown as Watched).longest),
    "ms",
  );

  await page.evaluate(() => {
    const watched = window as unknown as Watched;
    watched.times = [];
    const note = (at: number): void => {
      watched.times.push(at);
      requestAnimationFrame(note);
    };
    requestAnimationFrame(note);
  });
  const place = (): Promise<string | null> => page.locator(".react-flow__viewport").getAttribute("style");
  const before = await place();
  await page.mouse.move(500, 700);
  await page.mouse.down();
  for (let step = 0; step < 200; step++) await page.mouse.move(500 + step, 700 - step);
  await page.mouse.up();
  if ((await place()) === before) throw new Error("The picture was not dragged");
  const frames = await page.evaluate(() => (window as unknown as Watched).times);
  const between = frames.slice(1).map((at, index) => at - (frames[index] ?? at));
  report("200 nodes dragged: between two frames, median", median(between), "ms", 17);
  report("200 nodes dragged: between two frames, p95", percentile(between, 0.95), "ms");
  await panel.close();
} finally {
  await closeBrowser();
}
