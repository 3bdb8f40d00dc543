// Turns what the interpreter found into a FileAnalysis: candidates, graphs, functions and problems.

import type { GraphCandidate } from "../model/graph.ts";
import type { Interpreter } from "./interpreter.ts";
import type { FunctionPlace, Parameter, Program, TypeShape } from "./program.ts";
import type {
  FileAnalysis,
  Problem,
  StaticEdge,
  StaticFunction,
  StaticGraph,
  StaticNode,
  StaticNodeFunction,
} from "./result.ts";
import type {
  DraftFunction,
  FunctionValue,
  GraphDraft,
  GraphValue,
  Module,
  NodeDraft,
  Value,
} from "./values.ts";

export function report(interpreter: Interpreter, program: Program): FileAnalysis {
  const module = interpreter.load(program);
  const offers = new Offers(interpreter, module);
  interpreter.finish(program.path);
  const offered = offers.collect();
  const { path, language } = program;
  const graphs = staticGraphs(interpreter, program, offered);
  const problems: Problem[] = program.errors.slice(0, 1).map((line) => ({
    message: "This file has a syntax error; what follows it may be missing here.",
    at: { path, line },
  }));
  problems.push(...offers.problems(offered));
  if (interpreter.exhausted) {
    problems.push({ message: "This file is too large to be analysed completely.", at: { path, line: 1 } });
  }
  return {
    path,
    language,
    candidates: offered.map((offer) => offer.candidate),
    graphs,
    functions: program.functions.map(staticFunction),
    scripts: program.scripts,
    problems,
  };
}

interface Offer {
  readonly candidate: GraphCandidate;
  readonly value: GraphValue;
  readonly imported: boolean;
}

/** Names that LangGraph's own tools and the debugger prefer. */
const USUAL_NAMES = /^(graph|app|agent|workflow)$/;

class Offers {
  readonly #interpreter: Interpreter;
  readonly #module: Module;

  constructor(interpreter: Interpreter, module: Module) {
    this.#interpreter = interpreter;
    this.#module = module;
  }

  collect(): Offer[] {
    const all = this.#names().flatMap((name) => this.#offer(name));
    const own = all.filter((offer) => !offer.imported);
    return this.#distinct(own.length > 0 ? own : all).sort(
      (a, b) => a.candidate.at.line - b.candidate.at.line,
    );
  }

  problems(offered: readonly Offer[]): Problem[] {
    const { program, scope } = this.#module;
    if (offered.length > 0 || program.language === "python") return [];
    return [...scope.names].flatMap(([name, value]) =>
      value.kind === "graph"
        ? [
            {
              message: `The graph ${name} is not exported: add "export" so that it can be debugged.`,
              at: { path: program.path, line: scope.spans.get(name)?.line ?? 1 },
            },
          ]
        : [],
    );
  }

  #names(): string[] {
    const { program, scope, exports } = this.#module;
    if (program.language === "python") return [...scope.names.keys()];
    return [...exports.keys(), ...this.#interpreter.reexported(this.#module)];
  }

  #offer(name: string): Offer[] {
    const { program, scope, exports, imported: imports } = this.#module;
    const python = program.language === "python";
    const value = python
      ? this.#interpreter.lookup(name, scope)
      : this.#interpreter.exported(this.#module, name);
    if (!value) return [];
    const exported = exports.get(name);
    const local =
      exported && "later" in exported && exported.later.kind === "name" ? exported.later.name : name;
    const span = scope.spans.get(local) ?? exported?.span;
    const from = exported && "later" in exported && exported.later.kind === "from";
    const imported = imports.has(local) || from === true || (!python && !exported);
    const found = value.kind === "function" ? this.#made(value) : value;
    if (found?.kind !== "graph") return [];
    const kind = value.kind === "function" ? "factory" : kindOf(found);
    const line = value.kind === "function" && !imported ? value.code.place.definitionLine : (span?.line ?? 1);
    return [
      { candidate: { variable: name, kind, at: { path: program.path, line } }, value: found, imported },
    ];
  }

  /** What a factory makes, when it can be called as LangGraph calls factories: with nothing or with a config. */
  #made(value: FunctionValue): Value | undefined {
    const required = value.code.params.filter((param) => param.kind === "plain" && !param.fallback);
    if (!required.every(isConfig) || required.length > 2) return undefined;
    return this.#interpreter.run(value);
  }

  #distinct(offers: readonly Offer[]): Offer[] {
    const kept: Offer[] = [];
    for (const offer of offers) {
      const same = kept.findIndex((other) => other.value === offer.value);
      const other = kept[same];
      if (!other) kept.push(offer);
      else if (rank(offer.candidate) > rank(other.candidate)) kept[same] = offer;
    }
    // A builder gives way to what compiles it, a factory to the graph that it was called for.
    const readiness = ({ kind }: GraphCandidate): number =>
      kind === "builder" ? 0 : kind === "factory" ? 1 : 2;
    const useful = kept.filter(
      ({ candidate, value }) =>
        candidate.kind === "compiled" ||
        !kept.some(
          (other) => other.value.draft === value.draft && readiness(other.candidate) > readiness(candidate),
        ),
    );
    const open = useful.filter((offer) => !offer.candidate.variable.startsWith("_"));
    return open.length > 0 ? open : useful;
  }
}

/** Which of several names of one graph is offered: a value before its factory, the usual names before others. */
function rank({ variable, kind }: GraphCandidate): number {
  const named = USUAL_NAMES.test(variable) ? 2 : variable === "default" ? 0 : 1;
  return named + (kind === "factory" ? 0 : 3);
}

function kindOf(value: GraphValue): GraphCandidate["kind"] {
  if (value.draft.kind !== "graph") return value.draft.kind;
  return value.form;
}

function isConfig(param: Parameter): boolean {
  if (/^_*(config|cfg|configuration|conf|runtime|rt|run_?config|)$/i.test(param.name ?? "_")) return true;
  const names = param.type ? typeNames(param.type) : [];
  return names.some((name) => /Config|Runtime/.test(name));
}

function typeNames(type: TypeShape): string[] {
  if (type.kind === "literal") return [];
  if (type.kind === "union") return type.options.flatMap(typeNames);
  return [type.name, ...type.args.flatMap(typeNames)];
}

// Graphs

function staticGraphs(interpreter: Interpreter, program: Program, offered: readonly Offer[]): StaticGraph[] {
  const names = new Names(interpreter, offered);
  const wanted = new Map<string, GraphDraft>();
  const keys = new Map<GraphDraft, string>();
  const add = (draft: GraphDraft): void => {
    if (keys.has(draft)) return;
    const base = `${draft.path}#${draft.span.start}`;
    const signature = [...draft.nodes.keys()].join("\n");
    let key = base;
    // A helper that makes several graphs makes them at one place; the same graph made twice is one.
    for (let copy = 2; ; copy++) {
      const known = wanted.get(key);
      if (!known) wanted.set(key, draft);
      else if ([...known.nodes.keys()].join("\n") !== signature) {
        key = `${base}.${copy}`;
        continue;
      }
      keys.set(draft, key);
      break;
    }
    for (const node of draft.nodes.values()) if (node.subgraph) add(node.subgraph);
  };
  for (const offer of offered) add(offer.value.draft);
  for (const draft of interpreter.drafts) {
    if (draft.path === program.path && (draft.nodes.size > 0 || names.of(draft).variable !== undefined)) {
      add(draft);
    }
  }
  return [...wanted]
    .map(([key, draft]) => staticGraph(key, draft, keys, names))
    .sort(
      (a, b) =>
        Number(b.at.path === program.path) - Number(a.at.path === program.path) || a.at.line - b.at.line,
    );
}

interface GraphNames {
  readonly variable?: string;
  readonly builder?: string;
}

/** The module-level names under which graphs are known. */
class Names {
  readonly #names = new Map<GraphDraft, { variable?: string; builder?: string }>();

  constructor(interpreter: Interpreter, offered: readonly Offer[]) {
    for (const { candidate, value } of offered) {
      if (candidate.kind === "builder") this.#entry(value.draft).builder ??= candidate.variable;
      else this.#entry(value.draft).variable ??= candidate.variable;
    }
    for (const module of interpreter.modules) {
      for (const [name, value] of module.scope.names) {
        if (value.kind !== "graph" || module.imported.has(name)) continue;
        const entry = this.#entry(value.draft);
        if (value.form === "builder") entry.builder ??= name;
        else entry.variable ??= name;
      }
    }
  }

  of(draft: GraphDraft): GraphNames {
    return this.#names.get(draft) ?? {};
  }

  #entry(draft: GraphDraft): { variable?: string; builder?: string } {
    const known = this.#names.get(draft) ?? {};
    this.#names.set(draft, known);
    return known;
  }
}

function staticGraph(
  key: string,
  draft: GraphDraft,
  keys: ReadonlyMap<GraphDraft, string>,
  names: Names,
): StaticGraph {
  const seen = new Set<string>();
  const edges = draft.edges.filter((edge) => {
    // A conditional edge's line is a place for a breakpoint, so that each is kept.
    const id = JSON.stringify([edge.from, edge.to, edge.label, edge.conditional && edge.source.line]);
    if (seen.has(id)) return false;
    seen.add(id);
    return true;
  });
  return {
    key,
    kind: draft.kind,
    at: { path: draft.path, line: draft.span.line },
    ...names.of(draft),
    nodes: [...draft.nodes.values()].map((node) => staticNode(node, keys)),
    edges: edges.map(
      ({ routers, ...edge }): StaticEdge => ({ ...edge, routers: routers.map(staticNodeFunction) }),
    ),
  };
}

function staticNode(node: NodeDraft, keys: ReadonlyMap<GraphDraft, string>): StaticNode {
  const { subgraph, functions, ...rest } = node;
  const key = subgraph && keys.get(subgraph);
  return {
    ...rest,
    functions: functions.map(staticNodeFunction),
    ...(key === undefined ? {} : { subgraph: key }),
  };
}

function staticNodeFunction({ place, role }: DraftFunction): StaticNodeFunction {
  return { ...staticFunction(place), role };
}

function staticFunction(place: FunctionPlace): StaticFunction {
  return {
    ...place,
    returnLines: place.returns.map((span) => span.line),
    interruptLines: place.interrupts.map((span) => span.line),
  };
}
