// The languages that each flow is run over, and a client that is set up and ended with each test.

import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";
import type { LaunchAttributes } from "../../src/protocol/dap.ts";
import { marks } from "../fixtures/marks.ts";
import { warmPython } from "../fixtures/warm-python.ts";
import { ServedAdapter } from "./adapter.ts";
import { Client, type ClientOptions, nodePath } from "./client.ts";

const root = fileURLToPath(new URL("../../", import.meta.url));
const graphs = join(root, "test", "fixtures", "graphs");
const venv = join(root, "examples", "python", ".venv");
export const python =
  process.platform === "win32" ? join(venv, "Scripts", "python.exe") : join(venv, "bin", "python");

export interface Language {
  readonly name: "Python" | "TypeScript";
  readonly attributes: LaunchAttributes;
  /** As this language writes it. */
  readonly quote: (text: string) => string;
  readonly valueError: string;
}

export const languages: readonly Language[] = [
  { name: "Python", attributes: { python }, quote: (text) => `'${text}'`, valueError: "ValueError" },
  {
    name: "TypeScript",
    // In half of the time that tsx takes; the examples and the tests of loading are read with tsx.
    attributes: { node: nodePath, nodeArgs: ["--experimental-strip-types"] },
    quote: (text) => `"${text}"`,
    valueError: "RangeError",
  },
];

export interface Fixture {
  readonly program: string;
  /** The line that carries this mark. */
  line(mark: string): number;
}

export function fixture(language: Language, name: string): Fixture {
  const program =
    language.name === "Python"
      ? join(graphs, "python", `${name}.py`)
      : join(graphs, "typescript", `${name}.ts`);
  return fixtureAt(program);
}

function fixtureAt(program: string): Fixture {
  return {
    program,
    line: (mark) => {
      const line = marks(program).get(mark);
      if (line === undefined) throw new Error(`${program} has no mark @${mark}`);
      return line;
    },
  };
}

/** What the nodes of a run did, written down by themselves. */
export interface Trace {
  /** For the launch attribute `env`. */
  readonly env: { readonly LANGGRAPH_TRACE_FILE: string };
  /** How often each node ran up to now. */
  runs(): { [node: string]: number };
}

/** What a test has to hand; made before and cleared away after each, but for the adapter, which serves them all. */
export class Bench {
  readonly language: Language;
  #adapter: ServedAdapter | undefined;
  #python: string | undefined;
  #folder = "";
  #clients: Client[] = [];

  constructor(language: Language) {
    this.language = language;
  }

  /** Call within `describe`. */
  static in(language: Language): Bench {
    const bench = new Bench(language);
    before(async () => {
      bench.#adapter = await ServedAdapter.start();
      if (language.name === "Python") bench.#python = await warmPython(python);
    });
    beforeEach(function () {
      // A session starts three processes, and other suites may keep the machine busy.
      this.currentTest?.timeout(60_000);
      bench.#folder = mkdtempSync(join(tmpdir(), "langgraph-debug-test-"));
    });
    afterEach(async function () {
      if (this.currentTest?.isFailed()) console.error(bench.#adapter?.log);
      for (const client of bench.#clients) client.kill();
      await Promise.all(bench.#clients.map((client) => client.exited));
      bench.#clients = [];
      rmSync(bench.#folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 });
    });
    after(async () => {
      await bench.#adapter?.stop();
    });
    return bench;
  }

  get folder(): string {
    return this.#folder;
  }

  /** A session of the adapter that serves the tests of this `describe`; with an `env`, of one of its own. */
  async client(options: ClientOptions = {}): Promise<Client> {
    return this.#client(options.env ? options : { port: this.#adapter?.port, ...options });
  }

  /** A session of an adapter of its own, on stdio. */
  async alone(): Promise<Client> {
    return this.#client({});
  }

  async #client(options: ClientOptions): Promise<Client> {
    const client = await Client.start(options);
    this.#clients.push(client);
    return client;
  }

  fixture(name: string): Fixture {
    return fixture(this.language, name);
  }

  /** A copy of a fixture in a folder of the test's own, to be edited. */
  copy(name: string): Fixture & { edit(from: string | RegExp, to: string): void } {
    const own = join(this.#folder, "copy");
    const { program } = this.fixture(name);
    mkdirSync(own, { recursive: true });
    for (const file of [program, this.fixture("record").program]) {
      copyFileSync(file, join(own, basename(file)));
    }
    const packages = join(own, "node_modules");
    if (!existsSync(packages)) symlinkSync(join(root, "node_modules"), packages, "junction");
    writeFileSync(join(own, "package.json"), '{ "type": "module" }');
    const path = join(own, basename(program));
    return {
      ...fixtureAt(path),
      edit: (from, to) => {
        const text = readFileSync(path, "utf8");
        const edited = text.replace(from, to);
        if (edited === text) throw new Error(`${path} has no ${from}`);
        writeFileSync(path, edited);
      },
    };
  }

  /** Counts what the nodes of a fixture do. */
  trace(name = "trace.jsonl"): Trace {
    const path = join(this.#folder, name);
    return {
      env: { LANGGRAPH_TRACE_FILE: path },
      runs: () => {
        const counts: { [node: string]: number } = {};
        if (!existsSync(path)) return counts;
        for (const line of readFileSync(path, "utf8").trim().split("\n")) {
          const { node } = JSON.parse(line) as { node?: string };
          if (node !== undefined) counts[node] = (counts[node] ?? 0) + 1;
        }
        return counts;
      },
    };
  }

  /** Launch attributes of a fixture, with a checkpoint file of the test's own. */
  launch(name: string, more: LaunchAttributes = {}): LaunchAttributes {
    const { program } = this.fixture(name);
    return {
      program,
      checkpoints: join(this.#folder, "checkpoints.sqlite"),
      ...this.language.attributes,
      ...(this.#python !== undefined && { python: this.#python }),
      ...more,
    };
  }
}
