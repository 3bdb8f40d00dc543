// The analysis of one file and of what it imports, kept until a text changes.

import { Interpreter } from "./interpreter.ts";
import { moduleFiles } from "./modules.ts";
import type { Language, Program } from "./program.ts";
import { readPython } from "./python/program.ts";
import { report } from "./report.ts";
import type { FileAnalysis } from "./result.ts";
import { type GrammarFiles, GrammarNeeded, grammarFor, SyntaxParser } from "./syntax.ts";
import { readTypeScript } from "./typescript/program.ts";

export interface AnalyzerOptions {
  /** A file's text, undefined where there is none. Asked for each file that may be meant by an import. */
  readonly readFile: (path: string) => string | undefined;
  readonly grammars: GrammarFiles;
  /** Folders that Python looks into for absolute imports: PYTHONPATH, `dependencies` of langgraph.json. */
  readonly pythonRoots?: readonly string[];
}

export interface Analyzer {
  /**
   * Finds a file's graphs without running it. `text`: what an editor shows, instead of what is on disk. Never
   * fails on broken source; rejects only when a grammar's WebAssembly file cannot be loaded.
   */
  analyzeFile(path: string, text?: string): Promise<FileAnalysis>;
}

/** Files kept parsed, and files read for one analysis. */
const MAX_PROGRAMS = 400;
const MAX_IMPORTS = 150;

/** Starts an analyzer. A grammar is loaded when the first file that needs it is analysed. */
export function createAnalyzer(options: AnalyzerOptions): Analyzer {
  return new FileAnalyzer(options);
}

interface Kept {
  readonly text: string;
  readonly analysis: FileAnalysis;
  /** Every file that was asked for, with the text it had. */
  readonly read: ReadonlyMap<string, string | undefined>;
}

class FileAnalyzer implements Analyzer {
  readonly #options: AnalyzerOptions;
  readonly #parser: SyntaxParser;
  readonly #programs = new Map<string, { text: string; program: Program }>();
  readonly #kept = new Map<string, Kept>();

  constructor(options: AnalyzerOptions) {
    this.#options = options;
    this.#parser = new SyntaxParser(options.grammars);
  }

  async analyzeFile(path: string, given?: string): Promise<FileAnalysis> {
    const text = given ?? this.#options.readFile(path);
    if (text === undefined) return empty(path, `The file ${path} cannot be read.`);
    if (!grammarFor(path)) return empty(path, "Only Python, TypeScript and JavaScript files hold graphs.");
    const kept = this.#kept.get(path);
    if (kept && kept.text === text && this.#unchanged(kept)) return kept.analysis;
    for (;;) {
      try {
        return this.#analyze(path, text);
      } catch (error) {
        // The stack ends in source that is nested thousands of levels deep, as generated data may be.
        if (error instanceof RangeError) return empty(path, "This file is nested too deeply to be analysed.");
        if (!(error instanceof GrammarNeeded)) throw error;
        await this.#parser.load(error.grammar);
      }
    }
  }

  #unchanged(kept: Kept): boolean {
    for (const [path, text] of kept.read) if (this.#options.readFile(path) !== text) return false;
    return true;
  }

  #analyze(path: string, text: string): FileAnalysis {
    const read = new Map<string, string | undefined>();
    const found = new Map<string, Program | undefined>();
    let imports = 0;
    const own = this.#program(path, text);
    const find = (from: string, module: string, language: Language): Program | undefined => {
      const question = `${from}\n${module}`;
      if (found.has(question)) return found.get(question);
      let program: Program | undefined;
      for (const file of moduleFiles(from, module, language, this.#options.pythonRoots ?? [])) {
        if (file === path) program = own;
        else {
          if (!read.has(file)) read.set(file, this.#options.readFile(file));
          const source = read.get(file);
          if (source !== undefined && imports < MAX_IMPORTS) {
            imports++;
            program = this.#program(file, source);
          }
        }
        if (program) break;
      }
      found.set(question, program);
      return program;
    };
    const analysis = report(new Interpreter(find), own);
    this.#kept.delete(path);
    this.#kept.set(path, { text, analysis, read });
    trim(this.#kept);
    return analysis;
  }

  #program(path: string, text: string): Program {
    const known = this.#programs.get(path);
    if (known?.text === text) return known.program;
    const grammar = grammarFor(path) ?? "typescript";
    const tree = this.#parser.parse(text.replace(/^\uFEFF/, ""), grammar);
    const program = grammar === "python" ? readPython(path, tree) : readTypeScript(path, tree);
    this.#programs.delete(path);
    this.#programs.set(path, { text, program });
    trim(this.#programs);
    return program;
  }
}

/** Drops the oldest entries. */
function trim(map: Map<string, unknown>): void {
  for (const key of map.keys()) {
    if (map.size <= MAX_PROGRAMS) return;
    map.delete(key);
  }
}

function empty(path: string, message: string): FileAnalysis {
  return {
    path,
    candidates: [],
    graphs: [],
    functions: [],
    scripts: [],
    problems: [{ message, at: { path, line: 1 } }],
  };
}
