/** The runtimes that the contract suite is run against: how each is started, and where its fixtures are. */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Json, Language } from "../../src/protocol/runtime.ts";
import { nodeRuntimePath, pythonRuntimePath } from "../fixtures/programs.ts";

export interface Runtime {
  readonly language: Language;
  /** Program and arguments, as the adapter starts it. */
  readonly command: readonly string[];
  /** Folder of the fixture graphs. */
  readonly graphs: string;
  readonly extension: ".py" | ".ts";
  /** Expressions that mean the same in both languages. */
  readonly say: Readonly<Record<"countIsTwo" | "raises" | "doubled" | "updateCount", string>>;
}

const root = fileURLToPath(new URL("../../", import.meta.url));
const graphs = join(root, "test", "fixtures", "graphs");

function python(): string {
  const environment = join(root, "examples", "python", ".venv");
  const windows = join(environment, "Scripts", "python.exe");
  return (
    process.env.LANGGRAPH_TEST_PYTHON ?? (existsSync(windows) ? windows : join(environment, "bin", "python"))
  );
}

/** Node as the adapter starts it, without a flag: the runtime itself sees to TypeScript. */
export const node: Runtime = {
  language: "javascript",
  command: [process.execPath, nodeRuntimePath],
  // Copies, beside other packages than the project's, where npm run versions says so.
  graphs: process.env.LANGGRAPH_TEST_GRAPHS ?? join(graphs, "typescript"),
  extension: ".ts",
  say: {
    countIsTwo: "count === 2",
    raises: "nowhere > 1",
    doubled: "[...log, ...log]",
    updateCount: "update.count === 2",
  },
};

/** Node that is told to read TypeScript by itself. */
export const readingTypeScript: Runtime = {
  ...node,
  command: [process.execPath, "--experimental-strip-types", nodeRuntimePath],
};

const all: Runtime[] = [
  {
    language: "python",
    command: [python(), pythonRuntimePath],
    graphs: join(graphs, "python"),
    extension: ".py",
    say: {
      countIsTwo: "count == 2",
      raises: "nowhere > 1",
      doubled: "[word for word in log] + log",
      updateCount: 'update["count"] == 2',
    },
  },
  // Node reads the fixtures in half of the time that tsx takes, which the loading tests are about.
  readingTypeScript,
];

/** All of them, or the one that the environment variable LANGGRAPH_TEST_RUNTIME names by its language. */
export const runtimes: readonly Runtime[] = all.filter(
  ({ language }) => (process.env.LANGGRAPH_TEST_RUNTIME ?? language) === language,
);

/** What fixtures.json says of a fixture graph. */
export function fixture(name: string): { input: Json } {
  const all = JSON.parse(readFileSync(join(graphs, "fixtures.json"), "utf8")) as {
    name: string;
    input: Json;
  }[];
  const found = all.find((each) => each.name === name);
  if (!found) throw new Error(`fixtures.json has no ${name}`);
  return found;
}
