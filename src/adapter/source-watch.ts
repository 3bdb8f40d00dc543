// Which of the files that were loaded have been saved since.

import { statSync } from "node:fs";

export class SourceWatch {
  readonly #loaded = new Map<string, string>();

  /** These files are loaded now; those that are known already were loaded before. */
  add(paths: readonly string[]): void {
    for (const path of paths) if (!this.#loaded.has(path)) this.#loaded.set(path, stampOf(path));
  }

  /** Each file that is another than it was when it was loaded, or than when it was last asked for. */
  changed(): string[] {
    const found: string[] = [];
    for (const [path, stamp] of this.#loaded) {
      const now = stampOf(path);
      if (now === stamp || now === "") continue;
      this.#loaded.set(path, now);
      found.push(path);
    }
    return found;
  }
}

function stampOf(path: string): string {
  const stat = statSync(path, { throwIfNoEntry: false, bigint: true });
  return stat ? `${stat.mtimeNs} ${stat.size}` : "";
}
