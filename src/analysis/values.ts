// What the analysis knows of a value without running anything.

import type { NodeKind } from "../model/graph.ts";
import type { SourceRange } from "../model/source.ts";
import type {
  ClassCode,
  Constant,
  ExportBinding,
  FunctionCode,
  FunctionPlace,
  ImportBinding,
  Language,
  Program,
  Span,
  TypeShape,
} from "./program.ts";

export type Value =
  | { readonly kind: "unknown" }
  | { readonly kind: "constant"; readonly value: Constant }
  /** A string with parts that are known only at run time, shown in braces: `worker_{index}`. */
  | { readonly kind: "template"; readonly text: string }
  | FunctionValue
  | ClassValue
  | InstanceValue
  | ListValue
  | DictionaryValue
  | { readonly kind: "module"; readonly module: Module }
  | ExternalValue
  | { readonly kind: "method"; readonly target: Value; readonly name: string }
  | GraphValue
  | ToolValue
  | { readonly kind: "toolNode"; readonly tools: readonly Value[] }
  | { readonly kind: "task"; readonly name: string; readonly run: FunctionValue | undefined }
  /** `Send("node", ...)`. */
  | { readonly kind: "send"; readonly to: string }
  /** Something made of these values: a partial, a pipe, a RunnableLambda, a wrapped function. */
  | { readonly kind: "made"; readonly name: string; readonly parts: readonly Value[] }
  /** A name that stands for something in another module, looked up when it is used. */
  | { readonly kind: "import"; readonly module: Module; readonly binding: ImportBinding };

export interface FunctionValue {
  readonly kind: "function";
  readonly code: FunctionCode;
  readonly scope: Scope;
  readonly self?: Value;
  /** Functions that this closure was given and calls: a decorator's argument. */
  readonly wraps?: readonly Value[];
}

export interface ClassValue {
  readonly kind: "class";
  readonly code: ClassCode;
  readonly scope: Scope;
  readonly fields: Map<string, Value>;
}

export interface InstanceValue {
  readonly kind: "instance";
  readonly of: ClassValue;
  readonly fields: Map<string, Value>;
}

export interface ListValue {
  readonly kind: "list";
  readonly items: Value[];
  /** Where each item stands, when the list was written out. */
  readonly spans?: readonly Span[];
}

export interface DictionaryValue {
  readonly kind: "dictionary";
  readonly entries: Map<string, Value>;
  /** Where each key stands, for a breakpoint on its line. */
  readonly spans: Map<string, Span>;
}

/**
 * A name of a package outside the workspace, `*` for the package itself; `module` is empty for a name that
 * nothing binds.
 */
export interface ExternalValue {
  readonly kind: "external";
  readonly module: string;
  readonly name: string;
}

export interface GraphValue {
  readonly kind: "graph";
  readonly draft: GraphDraft;
  readonly form: "builder" | "compiled";
  /** Given to `compile(name=...)` or to the agent. */
  readonly name?: string;
}

export interface ToolValue {
  readonly kind: "tool";
  readonly name: string;
  readonly functions: readonly FunctionValue[];
}

export interface DraftFunction {
  readonly place: FunctionPlace;
  readonly role: "node" | "tool" | "router";
}

export interface NodeDraft {
  readonly name: string;
  /** Part of the name is known only at run time. */
  readonly dynamicName: boolean;
  readonly kind: NodeKind;
  readonly functions: readonly DraftFunction[];
  readonly addedAt?: SourceRange;
  readonly subgraph?: GraphDraft;
}

export interface EdgeDraft {
  readonly from: string;
  readonly to?: string;
  readonly label?: string;
  readonly conditional: boolean;
  readonly source: SourceRange;
  readonly routers: readonly DraftFunction[];
}

/** A graph as it is put together. One builder is one draft, however often it is compiled. */
export interface GraphDraft {
  readonly kind: "graph" | "agent" | "entrypoint";
  readonly path: string;
  readonly span: Span;
  readonly nodes: Map<string, NodeDraft>;
  readonly edges: EdgeDraft[];
}

export interface Module {
  readonly program: Program;
  readonly scope: Scope;
  readonly exports: Map<string, Export>;
  /** Modules of which every name is re-exported (`from x import *`, `export * from`). */
  readonly wildcards: { readonly from: string }[];
  /** Names that the file imports. */
  readonly imported: Set<string>;
}

export type Export =
  | { readonly span: Span; readonly value: Value }
  | { readonly span: Span; readonly later: ExportBinding["value"] };

export class Scope {
  readonly names = new Map<string, Value>();
  readonly types = new Map<string, TypeShape>();
  /** Where each name was last bound. */
  readonly spans = new Map<string, Span>();
  readonly parent: Scope | undefined;
  readonly path: string;
  readonly language: Language;

  constructor(path: string, language: Language, parent?: Scope) {
    this.path = path;
    this.language = language;
    this.parent = parent;
  }

  find(name: string): Value | undefined {
    for (let scope: Scope | undefined = this; scope; scope = scope.parent) {
      const value = scope.names.get(name);
      if (value) return value;
    }
    return undefined;
  }

  findType(name: string): TypeShape | undefined {
    for (let scope: Scope | undefined = this; scope; scope = scope.parent) {
      const type = scope.types.get(name);
      if (type) return type;
    }
    return undefined;
  }
}

/** The arguments of a call. */
export interface Arguments {
  readonly positional: readonly Value[];
  readonly named: ReadonlyMap<string, Value>;
  /** Where each positional argument stands. */
  readonly spans: readonly Span[];
}

export interface CallSite {
  readonly path: string;
  readonly language: Language;
  readonly span: Span;
}

/** What the knowledge of LangGraph's API asks of the interpreter. */
export interface Machine {
  call(value: Value, args: Arguments, site: CallSite): Value;
  /** Every value that the function may return, called with unknown arguments. */
  returns(code: FunctionValue): readonly Value[];
  member(value: Value, name: string): Value;
  lookup(name: string, scope: Scope): Value;
  /** The class's method, looked for in its bases too. */
  method(instance: InstanceValue, name: string): FunctionValue | undefined;
  /** A new graph, remembered among the graphs of the file. */
  draft(kind: GraphDraft["kind"], site: CallSite): GraphDraft;
  /** Remembers an entrypoint's function, whose tasks are looked for at the end. */
  entrypoint(draft: GraphDraft, body: FunctionValue): void;
}

export const UNKNOWN: Value = { kind: "unknown" };
export const NO_ARGUMENTS: Arguments = { positional: [], named: new Map(), spans: [] };

export function textOf(value: Value | undefined): string | undefined {
  return value?.kind === "constant" && typeof value.value === "string" ? value.value : undefined;
}

export function isNothing(value: Value): boolean {
  return value.kind === "unknown" || (value.kind === "constant" && value.value === null);
}

/** Whether a graph could be made of the value. */
export function isTelling(value: Value): boolean {
  return !["unknown", "constant", "template", "external", "send"].includes(value.kind);
}

/** One value for several that a name may have: the largest graph before all else, then the first that is known. */
export function joined(values: readonly Value[]): Value {
  const known = values.filter((value) => !isNothing(value));
  const graphs = known.filter((value) => value.kind === "graph");
  const most = Math.max(...graphs.map((value) => value.draft.nodes.size));
  const graph = graphs.find((value) => value.draft.nodes.size === most);
  if (graph) return graph;
  const [first] = known;
  if (!first) return values[0] ?? UNKNOWN;
  const runnable = known.filter((value) => ["function", "made", "tool"].includes(value.kind));
  if (runnable.length === known.length && known.length > 1)
    return { kind: "made", name: "", parts: runnable };
  return known.find(isTelling) ?? first;
}

/** The items of a list or the values of a dictionary; a single value stands for itself. */
export function itemsOf(value: Value | undefined): readonly Value[] {
  if (!value || isNothing(value)) return [];
  if (value.kind === "list") return value.items;
  if (value.kind === "dictionary") return [...value.entries.values()];
  return [value];
}

export function argument(args: Arguments, position: number, ...names: readonly string[]): Value | undefined {
  return firstOf(args.named, names) ?? args.positional[position];
}

/** A TypeScript options object's field, or a Python keyword argument. */
export function option(args: Arguments, position: number, ...names: readonly string[]): Value | undefined {
  const options = args.positional[position];
  const fields = options?.kind === "dictionary" ? options.entries : undefined;
  return firstOf(args.named, names) ?? (fields && firstOf(fields, names));
}

export function firstOf(values: ReadonlyMap<string, Value>, names: readonly string[]): Value | undefined {
  for (const name of names) {
    const value = values.get(name);
    if (value) return value;
  }
  return undefined;
}

/** The arguments of a call that the analysis itself makes. */
export function given(...positional: readonly Value[]): Arguments {
  return { ...NO_ARGUMENTS, positional };
}

export function dictionary(entries: Iterable<readonly [string, Value]> = []): DictionaryValue {
  return { kind: "dictionary", entries: new Map(entries), spans: new Map() };
}

export function constant(value: Constant): Value {
  return { kind: "constant", value };
}
