// What a builder's methods add to a graph: nodes and edges, each with the lines of the call.

import type { SourceRange } from "../model/source.ts";
import { nodeNameOf } from "./evaluate.ts";
import { contentOf, functionsOf, literalsOf } from "./nodes.ts";
import type { Span } from "./program.ts";
import {
  type Arguments,
  argument,
  type CallSite,
  type DraftFunction,
  firstOf,
  type GraphDraft,
  isNothing,
  itemsOf,
  type Machine,
  textOf,
  UNKNOWN,
  type Value,
} from "./values.ts";

export function addNode(machine: Machine, draft: GraphDraft, args: Arguments, site: CallSite): void {
  const first = argument(args, 0, "node", "key");
  if (!first) return;
  if (first.kind === "dictionary") {
    for (const [index, [name, action]] of [...first.entries].entries()) {
      const span = spanIn(first.spans.get(name), site, index);
      put(machine, draft, name, action, undefined, span, site);
    }
    return;
  }
  if (first.kind === "list") {
    for (const [index, item] of first.items.entries()) {
      const [name, action, options] = itemsOf(item);
      const span = spanIn(first.spans?.[index], site, index);
      if (name) put(machine, draft, nodeNameOf(name), action, options, span, site, name.kind === "template");
    }
    return;
  }
  const action = argument(args, 1, "action");
  const name = nodeNameOf(first);
  const options: Value | undefined =
    args.named.get("destinations") === undefined
      ? args.positional[2]
      : { kind: "dictionary", entries: new Map(args.named), spans: new Map() };
  if (name === undefined && !action) put(machine, draft, undefined, first, options, site.span, site);
  else put(machine, draft, name ?? "{…}", action, options, site.span, site, textOf(first) === undefined);
}

export function addSequence(machine: Machine, draft: GraphDraft, args: Arguments, site: CallSite): void {
  const given = argument(args, 0, "nodes");
  const names: (string | undefined)[] = [];
  if (given?.kind === "dictionary") {
    for (const [index, [name, action]] of [...given.entries].entries()) {
      const span = spanIn(given.spans.get(name), site, index);
      names.push(put(machine, draft, name, action, undefined, span, site));
    }
  } else if (given?.kind === "list") {
    for (const [index, item] of given.items.entries()) {
      const span = spanIn(given.spans?.[index], site, index);
      if (item.kind === "list") {
        const [name, action, options] = item.items;
        names.push(put(machine, draft, nodeNameOf(name), action, options, span, site));
      } else names.push(put(machine, draft, undefined, item, undefined, span, site));
    }
  }
  for (let index = 1; index < names.length; index++) {
    const [from, to] = [names[index - 1], names[index]];
    if (from !== undefined && to !== undefined) addPlainEdge(draft, from, to, site);
  }
}

/** A list written over several lines gives each of its nodes its own; the call's first line is the first node's. */
function spanIn(span: Span | undefined, site: CallSite, index: number): Span {
  const { start, line, endLine } = site.span;
  if (!span || span.line < line || span.endLine > endLine) return site.span;
  return index === 0 ? { start, line, endLine: span.endLine } : span;
}

function rangeOf({ path }: CallSite, { line, endLine }: Span): SourceRange {
  return { path, line, endLine };
}

function put(
  machine: Machine,
  draft: GraphDraft,
  given: string | undefined,
  action: Value | undefined,
  options: Value | undefined,
  span: Span,
  site: CallSite,
  dynamicName = false,
): string | undefined {
  const content = contentOf(machine, action ?? UNKNOWN);
  const name = given ?? content.inferredName;
  if (name === undefined) return undefined;
  const addedAt = rangeOf(site, span);
  // Two nodes that seem to have one name are two all the same: one of the names is a guess.
  const old = draft.nodes.get(name);
  const taken = old?.addedAt !== undefined && old.addedAt.line !== span.line;
  const key = dynamicName || taken ? `${name}@${span.start}` : name;
  const { kind, functions, subgraph } = content;
  draft.nodes.set(key, { name, dynamicName, kind, functions, addedAt, ...(subgraph ? { subgraph } : {}) });
  const declared =
    options?.kind === "dictionary" ? firstOf(options.entries, ["destinations", "ends"]) : undefined;
  const targets =
    declared?.kind === "dictionary"
      ? [...declared.entries].map(([to, label]) => ({ to, label: textOf(label) }))
      : itemsOf(declared).flatMap((item) => {
          const to = nodeNameOf(item);
          return to === undefined ? [] : [{ to, label: undefined }];
        });
  const all = targets.length > 0 ? targets : content.goto.map((to) => ({ to, label: undefined }));
  for (const { to, label } of all) {
    draft.edges.push({
      from: name,
      to,
      conditional: true,
      source: addedAt,
      routers: [],
      ...(label === undefined ? {} : { label }),
    });
  }
  return name;
}

export function addEdge(
  draft: GraphDraft,
  from: Value | undefined,
  to: Value | undefined,
  site: CallSite,
): void {
  const target = nodeNameOf(to);
  for (const source of from?.kind === "list" ? from.items : [from]) {
    const name = nodeNameOf(source);
    if (name !== undefined && target !== undefined) addPlainEdge(draft, name, target, site);
  }
}

function addPlainEdge(draft: GraphDraft, from: string, to: string, site: CallSite): void {
  const source = rangeOf(site, site.span);
  draft.edges.push({ from, to, conditional: false, source, routers: [] });
}

/** `fixedSource`: the node that the edges leave where the call does not name one. */
export function addConditionalEdges(
  machine: Machine,
  draft: GraphDraft,
  args: Arguments,
  site: CallSite,
  fixedSource?: string,
): void {
  const [first] = args.positional;
  const shift = fixedSource === undefined ? 0 : 1;
  const grouped = first?.kind === "dictionary" ? first.entries : undefined;
  const from = fixedSource ?? nodeNameOf(grouped?.get("source") ?? argument(args, 0, "source"));
  const router = grouped?.get("path") ?? argument(args, 1 - shift, "path");
  const map = grouped?.get("pathMap") ?? argument(args, 2 - shift, "path_map", "pathMap");
  if (from === undefined) return;
  const source = rangeOf(site, site.span);
  const routers: readonly DraftFunction[] = functionsOf(machine, router, "router");
  const targets = mappedTargets(map) ?? routedTargets(machine, router);
  for (const { to, label } of targets.length > 0 ? targets : [{ to: undefined, label: undefined }]) {
    draft.edges.push({
      from,
      conditional: true,
      source,
      routers,
      ...(to === undefined ? {} : { to }),
      ...(label === undefined ? {} : { label }),
    });
  }
}

interface Target {
  readonly to: string | undefined;
  readonly label: string | undefined;
}

function mappedTargets(map: Value | undefined): Target[] | undefined {
  if (!map || isNothing(map)) return undefined;
  if (map.kind === "dictionary") {
    return [...map.entries].map(([label, value]) => ({ to: nodeNameOf(value), label }));
  }
  if (map.kind !== "list") return undefined;
  return map.items.map((item) => ({ to: nodeNameOf(item), label: undefined }));
}

/** Targets that the router's return type or its return statements name; undefined for one that is open. */
function routedTargets(machine: Machine, router: Value | undefined): Target[] {
  if (router?.kind === "external" && /^tools_?condition$/i.test(router.name)) {
    return ["tools", "__end__"].map((to) => ({ to, label: undefined }));
  }
  const run = router?.kind === "instance" ? machine.method(router, "__call__") : router;
  if (run?.kind !== "function") return [];
  const typed = run.code.returnType ? literalsOf(run.code.returnType, run.scope) : [];
  if (typed.length > 0) return [...new Set(typed)].map((to) => ({ to, label: undefined }));
  const names = machine.returns(run).flatMap((value) => {
    return value.kind === "list" ? value.items.map(nodeNameOf) : [nodeNameOf(value)];
  });
  return [...new Set(names)].map((to) => ({ to, label: undefined }));
}
