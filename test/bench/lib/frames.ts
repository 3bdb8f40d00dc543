/** Watches a page's frames: how long each took, and how long its main thread was held. */
/// <reference lib="dom" />
import type { Page } from "playwright-core";

interface Watched {
  /** When each frame was drawn. */
  frames: number[];
  /** How long each task took that held the main thread for 50 ms and more. */
  held: number[];
}

/** Milliseconds. */
export interface Frames {
  readonly between: readonly number[];
  readonly held: readonly number[];
}

export async function watchFrames(page: Page): Promise<void> {
  await page.evaluate(() => {
    const watched = window as unknown as Watched;
    watched.frames = [];
    watched.held = [];
    const note = (at: number): void => {
      watched.frames.push(at);
      requestAnimationFrame(note);
    };
    requestAnimationFrame(note);
    new PerformanceObserver((list) => {
      for (const { duration } of list.getEntries()) watched.held.push(duration);
    }).observe({ type: "longtask" });
  });
}

/** What was seen while `act` went on. */
export async function framesDuring(page: Page, act: () => Promise<unknown>): Promise<Frames> {
  await page.evaluate(() => {
    const watched = window as unknown as Watched;
    watched.frames = watched.frames.slice(-1);
    watched.held = [];
  });
  await act();
  const { frames, held } = await page.evaluate(
    () =>
      // Long tasks are told of a little later.
      new Promise<{ frames: number[]; held: number[] }>((resolve) =>
        setTimeout(() => {
          const { frames: all, held: tasks } = window as unknown as Watched;
          resolve({ frames: all, held: tasks });
        }, 100),
      ),
  );
  return { between: frames.slice(1).map((at, index) => at - (frames[index] ?? at)), held };
}
