// Measures the static analysis of files of 2,000 lines, as it is done again at each change of an open file.

import { analyzer, fixturePath, readFile } from "../unit/analysis/fixture.ts";
import { median, report } from "./lib/measure.ts";

const languages = [
  {
    name: "Python",
    file: "python/builder.py",
    more: (n: number) =>
      `def helper_${n}(state):\n    value = [item for item in state["a"] if item]\n    return {"a": value, "n": ${n}}\n`,
  },
  {
    name: "TypeScript",
    file: "typescript/builder.ts",
    more: (n: number) =>
      `export function helper${n}(state: State) {\n  const value = state.a.filter((item) => item);\n  return { a: value, n: ${n} };\n}\n`,
  },
];

for (const { name, file, more } of languages) {
  const path = fixturePath(file);
  let text = readFile(path) ?? "";
  for (let n = 0; text.split("\n").length < 2000; n++) text += `\n${more(n)}`;
  const times: number[] = [];
  for (let round = 0; round < 20; round++) {
    const started = performance.now();
    const found = await analyzer.analyzeFile(path, `${text}\n${round}`);
    times.push(performance.now() - started);
    if (!found.graphs[0]) throw new Error(`No graph was found in ${path}`);
  }
  report(`analysis of 2,000 lines of ${name}, median`, median(times), "ms", 100);
}
