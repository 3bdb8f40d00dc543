// The graphs of a program: their ids, their nodes and edges, and what their state is called.

import type { GraphEdge, GraphModel, GraphNode, NodeFunction, NodeKind } from "../../src/model/graph.ts";
import type { LoadResult } from "../../src/protocol/runtime.ts";
import { type Graph, hiddenTag, isGraph, type NodeSpec } from "./langgraph.ts";
import { isCount, splitStep, stepsOf } from "./namespaces.ts";
import { timings } from "./timing.ts";

type Runnable = { steps?: unknown; bound?: unknown; func?: unknown; tools?: unknown; lc_name?: unknown };

/** Gives every graph object its ids, in the order in which graphs become known. */
export class GraphIndex {
  readonly root: Graph;
  readonly #byId = new Map<string, Graph>();
  readonly #tasks = new Map<string, Set<string>>();
  /** Functions of each node, by graph id and name; filled by whoever can find sources. */
  readonly #functions = new Map<string, readonly NodeFunction[]>();

  constructor(root: Graph) {
    this.root = root;
    this.#add("", root);
  }

  graph(id: string): Graph | undefined {
    return this.#byId.get(id);
  }

  ids(): string[] {
    return [...this.#byId.keys()];
  }

  /** The id of a graph that the node `name` of the graph `parent` runs, and whether it was not known before. */
  child(parent: string, name: string, graph: Graph): { id: string; isNew: boolean } {
    const base = parent === "" ? name : `${parent}/${name}`;
    // A node may call several graphs as functions.
    for (let number = 1; ; number += 1) {
      const id = number === 1 ? base : `${base}#${number}`;
      const known = this.#byId.get(id);
      // A node that compiles its graph at each call calls the same one each time, as far as anyone can see.
      if (known !== undefined && (known === graph || codeOf(known) === codeOf(graph))) {
        return { id, isNew: false };
      }
      if (known !== undefined) continue;
      this.#add(id, graph);
      return { id, isNew: true };
    }
  }

  /** A task of the functional API is a node from its first call on: nothing tells of it before. */
  addTask(graphId: string, name: string, functions: readonly NodeFunction[]): void {
    const names = this.#tasks.get(graphId) ?? new Set();
    this.#tasks.set(graphId, names.add(name));
    this.setFunctions(graphId, name, functions);
  }

  hasTask(graphId: string, name: string): boolean {
    return this.#tasks.get(graphId)?.has(name) ?? false;
  }

  setFunctions(graphId: string, node: string, functions: readonly NodeFunction[]): void {
    this.#functions.set(JSON.stringify([graphId, node]), functions);
  }

  models(): GraphModel[] {
    return [...this.#byId].map(([id, graph]) => ({
      id,
      nodes: this.#nodes(id, graph),
      edges: edgesOf(graph),
    }));
  }

  #nodes(id: string, graph: Graph): GraphNode[] {
    const node = (name: string, kind: NodeKind): GraphNode => {
      const childId = id === "" ? name : `${id}/${name}`;
      return {
        name,
        kind,
        functions: this.#functions.get(JSON.stringify([id, name])) ?? [],
        ...(this.#byId.has(childId) ? { subgraph: childId } : {}),
      };
    };
    return [
      ...visibleNodes(graph).map(([name, spec]) => node(name, kindOf(spec, graph))),
      ...[...(this.#tasks.get(id) ?? [])].map((name) => node(name, "task")),
    ];
  }

  #add(id: string, graph: Graph): void {
    this.#byId.set(id, graph);
    timings.watchRouters(graph);
    for (const [name, spec] of visibleNodes(graph)) {
      const nested = nestedGraph(spec);
      // A graph that calls itself would go on for ever.
      if (nested !== undefined && !this.#isAround(id, nested)) this.child(id, name, nested);
    }
  }

  #isAround(id: string, graph: Graph): boolean {
    for (let at = id; ; at = at.slice(0, Math.max(0, at.lastIndexOf("/")))) {
      if (this.#byId.get(at) === graph) return true;
      if (at === "") return false;
    }
  }
}

/** The graph that a namespace belongs to: the task ids say nothing about it. */
export function graphAt(index: GraphIndex, namespace: string): { id: string; graph: Graph } | undefined {
  const names = stepsOf(namespace)
    .filter((step) => !isCount(step))
    .map((step) => splitStep(step)[0]);
  const id = names.join("/");
  const graph = index.graph(id);
  return graph === undefined ? undefined : { id, graph };
}

/** The nodes that the author wrote, without those that LangGraph adds for itself. */
export function visibleNodes(graph: Graph): [name: string, spec: NodeSpec][] {
  return Object.entries(graph.nodes).filter(
    ([name, spec]) => name !== "__start__" && !spec.tags?.includes(hiddenTag),
  );
}

/** The compiled graph that a node is, or says that it calls. */
export function nestedGraph(spec: NodeSpec): Graph | undefined {
  const candidates: unknown[] = spec.subgraphs?.length ? [...spec.subgraphs] : [spec.bound];
  for (const candidate of candidates) {
    if (isGraph(candidate)) return candidate;
    const steps = (candidate as Runnable | undefined)?.steps;
    if (Array.isArray(steps)) candidates.push(...steps);
  }
  return undefined;
}

const codes = new WeakMap<Graph, string>();

/** The names and the source of all nodes: two graphs that are alike in it were made by the same lines. */
function codeOf(graph: Graph): string {
  let code = codes.get(graph);
  if (code === undefined) {
    const nodes = visibleNodes(graph).map(([name, { bound }]) => {
      const nested = isGraph(bound) ? codeOf(bound) : undefined;
      const { func } = (bound ?? {}) as Runnable;
      return [name, nested ?? (typeof func === "function" ? Function.prototype.toString.call(func) : "")];
    });
    code = JSON.stringify(nodes);
    codes.set(graph, code);
  }
  return code;
}

function kindOf(spec: NodeSpec, graph: Graph): NodeKind {
  if (graph.builder === undefined && Object.keys(graph.nodes).length === 1) return "entrypoint";
  if (isGraph(spec.bound)) return "subgraph";
  const bound = spec.bound as Runnable | undefined;
  const isToolNode = Array.isArray(bound?.tools) && bound?.constructor?.name === "ToolNode";
  return isToolNode ? "tools" : "function";
}

type Branch = { ends?: { [label: string]: string } };
type Builder = {
  edges?: Set<[string, string]>;
  waitingEdges?: Set<[string[], string]>;
  branches?: { [from: string]: { [name: string]: Branch } };
  nodes?: { [name: string]: { ends?: string[] | { [to: string]: string } } };
};

function edgesOf(graph: Graph): GraphEdge[] {
  const builder = graph.builder as Builder | undefined;
  const edges: GraphEdge[] = [];
  if (builder === undefined) {
    for (const [name] of visibleNodes(graph)) {
      edges.push({ from: "__start__", to: name, conditional: false });
      edges.push({ from: name, to: "__end__", conditional: false });
    }
    return edges;
  }
  for (const [from, to] of builder.edges ?? []) edges.push({ from, to, conditional: false });
  for (const [starts, to] of builder.waitingEdges ?? []) {
    for (const from of starts) edges.push({ from, to, conditional: false });
  }
  for (const [from, branches] of Object.entries(builder.branches ?? {})) {
    for (const branch of Object.values(branches)) {
      if (branch.ends === undefined) edges.push({ from, conditional: true });
      for (const [label, to] of Object.entries(branch.ends ?? {})) {
        edges.push({ from, to, conditional: true, ...(label === to ? {} : { label }) });
      }
    }
  }
  for (const [from, node] of Object.entries(builder.nodes ?? {})) {
    const ends = Array.isArray(node.ends) ? node.ends : Object.keys(node.ends ?? {});
    for (const to of ends) edges.push({ from, to, conditional: true });
  }
  return edges;
}

/** Keys of the graph's state, in schema order. A functional graph has one, the channel of its result. */
export function stateKeysOf(graph: Graph): string[] {
  const keys = graph.streamChannelsAsIs;
  return Array.isArray(keys) ? keys.map(String) : [String(keys)];
}

/** Where the author's own `compile()` stops each graph. */
export function compiledInterrupts(index: GraphIndex): LoadResult["compiledInterrupts"] {
  const list = (names: string[] | "*" | undefined): string[] =>
    names === undefined ? [] : Array.isArray(names) ? names.map(String) : [String(names)];
  return index.ids().flatMap((id) => {
    const graph = index.graph(id);
    const before = list(graph?.interruptBefore);
    const after = list(graph?.interruptAfter);
    return before.length + after.length === 0 ? [] : [{ graph: id, before, after }];
  });
}
