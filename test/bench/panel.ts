// Measures how soon after a stop the panel has painted the question, in the web edition of VS Code: from the `stopped`
// event to the paint of the card, where the panel opens at this stop, and where it is open already.
// LANGGRAPH_BENCH_ROUNDS: stops with the panel open, 20 by default; LANGGRAPH_BENCH_WINDOWS: windows, 3 by default.
/// <reference lib="dom" />

import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Frame } from "playwright-core";
import { venvDir } from "../../scripts/lib/paths.mjs";
import { openWindow } from "../e2e/harness/web.ts";
import { inFolder, median, percentile, report } from "./lib/measure.ts";

const rounds = Number(process.env.LANGGRAPH_BENCH_ROUNDS ?? 20);
const windows = Number(process.env.LANGGRAPH_BENCH_WINDOWS ?? 3);
const file = "rounds.py";
const clock = fileURLToPath(new URL("stop-clock", import.meta.url));

/** When each question was painted first, by its text. */
interface Watched extends Window {
  painted?: Record<string, number>;
}

/** Looks for a question before each paint. A webview's page is written into a window that is there before. */
function watchPaints(): void {
  const painted: Record<string, number> = {};
  (window as Watched).painted = painted;
  const look = (): void => {
    const [asked] = /round \d+/.exec(document.querySelector(".card .payload")?.textContent ?? "") ?? [];
    if (asked !== undefined && painted[asked] === undefined) {
      painted[asked] = Number.NaN;
      // After the paint that comes now.
      setTimeout(() => {
        painted[asked] = performance.timeOrigin + performance.now();
      });
    }
    requestAnimationFrame(look);
  };
  const begin = setInterval(() => {
    if (!document.getElementById("root")) return;
    clearInterval(begin);
    look();
  }, 1);
}

/** Milliseconds from each stop to the paint of what it asks; the first opens the panel. */
async function measure(folder: string): Promise<number[]> {
  const stops = join(folder, "stops.txt");
  const program = `\${workspaceFolder}/${file}`;
  const configuration = {
    name: "rounds",
    type: "langgraph",
    request: "launch",
    program,
    input: { round: 0 },
  };
  mkdirSync(join(folder, ".vscode"), { recursive: true });
  writeFileSync(join(folder, ".vscode", "launch.json"), JSON.stringify({ configurations: [configuration] }));
  copyFileSync(fileURLToPath(new URL(`graphs/${file}`, import.meta.url)), join(folder, file));
  writeFileSync(stops, "");
  const { workbench, close } = await openWindow({
    folder,
    extensions: [clock],
    env: { VIRTUAL_ENV: venvDir, STOP_CLOCK: stops },
  });
  try {
    const { page, panel } = workbench;
    await page.addInitScript(watchPaints);
    await workbench.openFile(file);
    await workbench.waitForExtension();
    await workbench.startConfiguration("rounds");
    const asks = (round: number) => panel.getByRole("article").filter({ hasText: `round ${round}?` });
    for (let round = 0; round < rounds; round++) {
      // By clicks: the keyboard is the editor's for a moment when VS Code shows the stop.
      await asks(round).getByRole("radio", { name: "Yes" }).check();
      await asks(round).getByRole("button", { name: "Answer and continue" }).click();
    }
    await asks(rounds).waitFor();
    const found = await Promise.all(page.frames().map(paintsOf));
    const painted = Object.assign({}, ...found) as Record<string, number>;
    const stopped = readFileSync(stops, "utf8").trim().split("\n").map(Number);
    return stopped.map((at, round) => (painted[`round ${round}`] ?? Number.NaN) - at);
  } finally {
    await close();
  }
}

async function paintsOf(frame: Frame): Promise<Record<string, number>> {
  return frame.evaluate(() => (window as Watched).painted ?? {}).catch(() => ({}));
}

const first: number[] = [];
const open: number[] = [];
for (let window = 0; window < windows; window++) {
  await inFolder(async (folder) => {
    const [opening = Number.NaN, ...others] = await measure(folder);
    first.push(opening);
    open.push(...others);
  });
}
report("panel open: stop to the question's paint, median", median(open), "ms", 300);
report("panel open: stop to the question's paint, p95", percentile(open, 0.95), "ms", 300);
report("panel opens at this stop: to the question's paint, median", median(first), "ms", 300);
