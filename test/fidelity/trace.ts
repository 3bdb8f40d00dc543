/** The file in which a fixture's nodes record what they see and do (`record.py`, `record.ts`). */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Run } from "./bare-runs.ts";

export class Trace {
  readonly file: string;

  constructor(folder: string) {
    this.file = join(folder, "trace.jsonl");
    this.clear();
  }

  clear(): void {
    writeFileSync(this.file, "");
  }

  /** Every line, sorted, and how often each node ran. */
  read(): Pick<Run, "runs" | "trace"> {
    const lines = readFileSync(this.file, "utf8").split("\n").filter(Boolean).sort();
    const trace: { node?: string }[] = lines.map((line) => JSON.parse(line));
    const runs: Record<string, number> = {};
    for (const { node } of trace) if (node) runs[node] = (runs[node] ?? 0) + 1;
    return { runs, trace };
  }
}
