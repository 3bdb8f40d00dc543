// From a node to the user's functions that it is made of, through whatever wraps them.

import { readFileSync, realpathSync } from "node:fs";
import { relative, sep } from "node:path";
import type { NodeFunction } from "../../src/model/graph.ts";
import { type GraphIndex, visibleNodes } from "./graphs.ts";
import type { FunctionPlace, Introspection } from "./introspection.ts";
import { type Graph, isGraph, type NodeSpec } from "./langgraph.ts";
import { type Statements, statementsOf } from "./statements.ts";

/** Properties in which LangChain's and LangGraph's wrappers keep what they call. */
const wrapperFields = [
  "func",
  "afunc",
  "bound",
  "runnable",
  "first",
  "middle",
  "last",
  "steps",
  "fn",
  "_func",
];
const maxDepth = 6;
const ownFolder = import.meta.dirname + sep;

/** A function of the user's, and where it is. */
interface Place {
  target: object;
  place: FunctionPlace;
}

interface Found {
  target: object;
  role: NodeFunction["role"];
}

export class Sources {
  readonly #introspection: Introspection;
  readonly #folders: readonly string[];
  /** Real paths of the folders, with the paths by which the user opened them. */
  readonly #opened: readonly (readonly [real: string, opened: string])[];
  /** By function: one function can be in several nodes, and finding it takes time. */
  readonly #places = new Map<object, Place | undefined>();
  /** The function that stands for each node, for the names that its module has. */
  readonly #main = new Map<string, object>();

  constructor(introspection: Introspection, folders: readonly string[]) {
    this.#introspection = introspection;
    this.#folders = folders.flatMap((folder) => [folder, real(folder)]);
    this.#opened = folders.map((folder) => [real(folder), folder]);
  }

  /** Tells the index the functions of every node of these graphs. */
  fill(index: GraphIndex, ids: readonly string[]): void {
    for (const id of ids) {
      const graph = index.graph(id);
      if (graph === undefined) continue;
      for (const [name, spec] of visibleNodes(graph)) {
        const found = [...this.#ofNode(spec), ...routersOf(graph, name)];
        const functions: NodeFunction[] = [];
        for (const { target, role } of found) {
          for (const own of this.#withDecorated(this.#userPlace(target, 0))) {
            if (role === "node" && !this.#main.has(keyOf(id, name)))
              this.#main.set(keyOf(id, name), own.target);
            functions.push(nodeFunction(own, role));
          }
        }
        index.setFunctions(id, name, functions);
      }
    }
  }

  /** Tells the index the function of a task of the functional API. */
  addTask(index: GraphIndex, graphId: string, name: string, target: object): void {
    const own = this.#userPlace(target, 0);
    if (own !== undefined) this.#main.set(keyOf(graphId, name), own.target);
    index.addTask(graphId, name, own === undefined ? [] : [nodeFunction(own, "node")]);
  }

  /** The function of the user's that is the node. */
  mainFunction(graphId: string, node: string): object | undefined {
    return this.#main.get(keyOf(graphId, node));
  }

  /** Files of the user's that are loaded. */
  files(): string[] {
    return this.#introspection
      .files()
      .filter((file) => this.#isUsers(file))
      .map((file) => this.#asOpened(file));
  }

  /** The path of a file of the user's as the user opened it; undefined of any other. */
  ownPath(path: string): string | undefined {
    return this.#isUsers(path) ? this.#asOpened(path) : undefined;
  }

  #ofNode(spec: NodeSpec): Found[] {
    const { bound } = spec;
    if (isGraph(bound)) return [];
    const tools = (bound as { tools?: unknown } | undefined)?.tools;
    const found = functionsIn(bound, 0, new Set()).map((target): Found => ({ target, role: "node" }));
    if (!Array.isArray(tools)) return found;
    return [
      ...tools
        .flatMap((tool) => functionsIn(tool, 0, new Set()))
        .map((target): Found => ({ target, role: "tool" })),
      ...found,
    ];
  }

  /** Where the user wrote it. A function of a library that wraps one of the user's stands for that one. */
  #userPlace(target: object, depth: number): Place | undefined {
    if (this.#places.has(target)) return this.#places.get(target);
    this.#places.set(target, undefined);
    const found = this.#find(target, depth);
    this.#places.set(target, found);
    return found;
  }

  #find(target: object, depth: number): Place | undefined {
    const bound = this.#introspection.boundTarget(target);
    if (bound !== undefined) return this.#userPlace(bound, depth);
    const place = this.#introspection.placeOf(target);
    if (place !== undefined && this.#isUsers(place.path)) {
      return { target, place: { ...place, path: this.#asOpened(place.path) } };
    }
    return this.#wrapped(target, depth);
  }

  #wrapped(target: object, depth: number): Place | undefined {
    if (depth >= 2) return undefined;
    for (const scope of this.#introspection.scopesOf(target).slice(0, 3)) {
      for (const name of scope.names.slice(0, 30)) {
        for (const inner of functionsIn(scope.get(name), maxDepth - 2, new Set())) {
          const found = this.#userPlace(inner, depth + 1);
          if (found !== undefined) return found;
        }
      }
    }
    return undefined;
  }

  /** A function that hands its own arguments on to one that was given to its maker decorates that one. */
  #withDecorated(outer: Place | undefined): Place[] {
    if (outer === undefined) return [];
    const text = Function.prototype.toString.call(outer.target);
    const parameters = /^[^(]*\(([^()]*)\)/.exec(text)?.[1]?.trim();
    if (parameters === undefined || parameters === "") return [outer];
    const scope = this.#introspection.scopesOf(outer.target).find((one) => one.isClosure);
    for (const name of scope?.names ?? []) {
      if (!text.includes(`${name}(${parameters})`)) continue;
      const inner = functionsIn(scope?.get(name), maxDepth, new Set())[0];
      const place = inner === undefined || inner === outer.target ? undefined : this.#userPlace(inner, 1);
      if (place !== undefined) return [place, outer];
    }
    return [outer];
  }

  /** Node knows files by their real paths, the editor by the path of the folder that was opened. */
  #asOpened(path: string): string {
    const folder = this.#opened.find(([from]) => path.startsWith(from + sep));
    return folder === undefined ? path : folder[1] + path.slice(folder[0].length);
  }

  #isUsers(path: string): boolean {
    if (path.split(/[\\/]/).includes("node_modules") || path.startsWith(ownFolder)) return false;
    return this.#folders.some((folder) => {
      const inside = relative(folder, path);
      return inside !== "" && !inside.startsWith(`..${sep}`) && inside !== ".." && !/^[A-Za-z]:/.test(inside);
    });
  }
}

const keyOf = (graphId: string, node: string): string => JSON.stringify([graphId, node]);

function real(folder: string): string {
  try {
    return realpathSync(folder);
  } catch {
    return folder;
  }
}

function nodeFunction({ target, place }: Place, role: NodeFunction["role"]): NodeFunction {
  const { name } = target as { name?: unknown };
  const found = statementsAt(place);
  return {
    ...(typeof name === "string" && name !== "" ? { name } : {}),
    path: place.path,
    line: place.line,
    endLine: place.endLine,
    role,
    definitionLine: place.line,
    returnLines: found.returnLines,
    interruptLines: found.interruptLines,
    ...(found.firstStatementLine === undefined ? {} : { firstStatementLine: found.firstStatementLine }),
  };
}

/** V8 tells where a function begins and ends, and nothing of what is in it. */
function statementsAt({ path, line, endLine, column }: FunctionPlace): Statements {
  try {
    const lines = readFileSync(path, "utf8").split(/\r?\n/);
    const [first = "", ...more] = lines.slice(line - 1, endLine);
    return statementsOf([first.slice(column), ...more], line);
  } catch {
    return { returnLines: [], interruptLines: [], firstStatementLine: undefined };
  }
}

function functionsIn(value: unknown, depth: number, seen: Set<unknown>): object[] {
  if (depth > maxDepth || seen.has(value)) return [];
  if (typeof value === "function") return [value];
  if (typeof value !== "object" || value === null || isGraph(value)) return [];
  seen.add(value);
  if (Array.isArray(value)) return value.flatMap((item) => functionsIn(item, depth + 1, seen));
  const inFields = wrapperFields.flatMap((name) => {
    const property = Object.getOwnPropertyDescriptor(value, name);
    return property === undefined || !("value" in property)
      ? []
      : functionsIn(property.value, depth + 1, seen);
  });
  // Steps of a mapping (`RunnableParallel`), and classes of the user's own with an `invoke`.
  const steps = Object.getOwnPropertyDescriptor(value, "steps")?.value as unknown;
  const inSteps =
    typeof steps === "object" && steps !== null && !Array.isArray(steps)
      ? Object.values(steps).flatMap((step) => functionsIn(step, depth + 1, seen))
      : [];
  return [...new Set([...inFields, ...inSteps, ...ownMethods(value)])];
}

/** Methods that a subclass of a LangChain class overrides to do its work. */
function ownMethods(value: object): object[] {
  const prototype = Object.getPrototypeOf(value) as object | null;
  if (prototype === null || prototype === Object.prototype) return [];
  return ["invoke", "_call", "call", "_generate"].flatMap((name) => {
    const method = Object.getOwnPropertyDescriptor(prototype, name)?.value as unknown;
    return typeof method === "function" ? [method] : [];
  });
}

type Builder = { branches?: { [from: string]: { [name: string]: { path?: unknown } } } };

function routersOf(graph: Graph, node: string): Found[] {
  const branches = (graph.builder as Builder | undefined)?.branches?.[node] ?? {};
  return Object.values(branches)
    .flatMap((branch) => functionsIn(branch.path, 0, new Set()))
    .map((target) => ({ target, role: "router" }));
}
