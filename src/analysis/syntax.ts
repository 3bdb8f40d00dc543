// Parses source text with tree-sitter into a plain tree of named nodes, one WebAssembly grammar loaded when first needed.

import { readFile } from "node:fs/promises";
import { Language, Parser, type TreeCursor } from "web-tree-sitter";

/** Paths of the WebAssembly files. In the product they lie next to `dist/adapter.js`. */
export interface GrammarFiles {
  /** `web-tree-sitter.wasm`, the parser itself. */
  readonly runtime: string;
  readonly python: string;
  readonly typescript: string;
  /** Also reads JavaScript, with and without JSX. */
  readonly tsx: string;
}

export type GrammarName = "python" | "typescript" | "tsx";

/** One named node of the syntax tree. Offsets are UTF-16 code units, lines start at 1, `endLine` is included. */
export interface SyntaxNode {
  readonly type: string;
  /** The node's role in its parent (`name`, `body`...), as the grammar calls it. */
  readonly field: string | undefined;
  readonly start: number;
  readonly end: number;
  readonly line: number;
  readonly endLine: number;
  readonly children: readonly SyntaxNode[];
}

export interface SyntaxTree {
  readonly root: SyntaxNode;
  readonly text: string;
}

/** Thrown when a grammar is needed that is not loaded: load it and start again. */
export class GrammarNeeded extends Error {
  readonly grammar: GrammarName;

  constructor(grammar: GrammarName) {
    super(`The ${grammar} grammar is not loaded.`);
    this.grammar = grammar;
  }
}

/** The grammar for a file, or undefined where the file is not a Python, TypeScript or JavaScript file. */
export function grammarFor(path: string): GrammarName | undefined {
  const extension = /\.([a-z]+)$/i.exec(path)?.[1]?.toLowerCase();
  switch (extension) {
    case "py":
      return "python";
    case "ts":
    case "mts":
    case "cts":
      return "typescript";
    case "tsx":
    case "jsx":
    case "js":
    case "mjs":
    case "cjs":
      return "tsx";
    default:
      return undefined;
  }
}

let runtime: Promise<void> | undefined;

function startRuntime(path: string): Promise<void> {
  // The bytes, not the path: Emscripten would take a Windows path for a URL.
  runtime ??= readFile(path).then((wasmBinary) => Parser.init({ wasmBinary: new Uint8Array(wasmBinary) }));
  return runtime;
}

export class SyntaxParser {
  readonly #files: GrammarFiles;
  readonly #grammars = new Map<GrammarName, Promise<Language>>();
  readonly #loaded = new Map<GrammarName, Language>();
  #parser: Parser | undefined;

  constructor(files: GrammarFiles) {
    this.#files = files;
  }

  /** Loads a grammar; a second call for the same grammar costs nothing. Rejects when a WebAssembly file is missing. */
  async load(name: GrammarName): Promise<void> {
    if (this.#loaded.has(name)) return;
    let loading = this.#grammars.get(name);
    if (!loading) {
      loading = startRuntime(this.#files.runtime)
        .then(() => readFile(this.#files[name]))
        .then((bytes) => Language.load(new Uint8Array(bytes)));
      this.#grammars.set(name, loading);
    }
    this.#loaded.set(name, await loading);
    this.#parser ??= new Parser();
  }

  /** Throws GrammarNeeded when the grammar is not loaded. Never fails on broken source: the tree has gaps then. */
  parse(text: string, grammar: GrammarName): SyntaxTree {
    const language = this.#loaded.get(grammar);
    const parser = this.#parser;
    if (!language || !parser) throw new GrammarNeeded(grammar);
    parser.setLanguage(language);
    const tree = parser.parse(text);
    if (!tree) throw new Error("The parser gave no tree.");
    const cursor = tree.walk();
    try {
      const root = copyTree(cursor, language, lineStartsOf(text));
      return { root, text };
    } finally {
      cursor.delete();
      tree.delete();
      parser.reset();
    }
  }
}

function lineStartsOf(text: string): number[] {
  const starts = [0];
  for (let at = text.indexOf("\n"); at >= 0; at = text.indexOf("\n", at + 1)) starts.push(at + 1);
  return starts;
}

function lineAt(starts: readonly number[], offset: number): number {
  let low = 0;
  let high = starts.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if ((starts[middle] ?? 0) <= offset) low = middle;
    else high = middle - 1;
  }
  return low + 1;
}

/** Named nodes only, and iteratively: a deeply nested file must not end in a stack overflow. */
function copyTree(cursor: TreeCursor, language: Language, starts: readonly number[]): SyntaxNode {
  const types = language.types;
  const fields = language.fields;
  const make = (): SyntaxNode & { children: SyntaxNode[] } => {
    const start = cursor.startIndex;
    const end = cursor.endIndex;
    const field = cursor.currentFieldId;
    return {
      type: types[cursor.nodeTypeId] ?? cursor.nodeType,
      field: field ? (fields[field] ?? undefined) : undefined,
      start,
      end,
      line: lineAt(starts, start),
      endLine: lineAt(starts, end > start ? end - 1 : start),
      children: [],
    };
  };
  const root = make();
  const parents = [root];
  if (!cursor.gotoFirstChild()) return root;
  for (;;) {
    const parent = parents[parents.length - 1] ?? root;
    let node: (SyntaxNode & { children: SyntaxNode[] }) | undefined;
    if (cursor.nodeIsNamed) {
      node = make();
      parent.children.push(node);
    }
    if (node && cursor.gotoFirstChild()) {
      parents.push(node);
      continue;
    }
    while (!cursor.gotoNextSibling()) {
      if (!cursor.gotoParent()) return root;
      parents.pop();
      if (parents.length === 0) return root;
    }
  }
}

/** The first child in that role. */
export function childOf(node: SyntaxNode, field: string): SyntaxNode | undefined {
  return node.children.find((child) => child.field === field);
}

export function childrenOf(node: SyntaxNode, field: string): readonly SyntaxNode[] {
  return node.children.filter((child) => child.field === field);
}
