// What a node runs: the user's functions in whatever it was made of.

import type { NodeKind } from "../model/graph.ts";
import type { TypeShape } from "./program.ts";
import {
  type DraftFunction,
  type FunctionValue,
  type GraphDraft,
  itemsOf,
  type Machine,
  type Scope,
  textOf,
  type Value,
} from "./values.ts";

export interface NodeContent {
  readonly kind: NodeKind;
  readonly functions: readonly DraftFunction[];
  readonly subgraph?: GraphDraft;
  /** The name that LangGraph gives the node when none is written. */
  readonly inferredName?: string;
  /** Targets that the function names in its return type: `Command[Literal["a", "b"]]`. */
  readonly goto: readonly string[];
}

type Role = DraftFunction["role"];

/** Methods that make an object callable as a node, in the order in which LangGraph would take them. */
const CALLABLE = ["__call__", "invoke", "ainvoke", "call"];
const TOOL_METHODS = ["_run", "_arun", "_call", "invoke", "__call__"];

export function contentOf(machine: Machine, value: Value): NodeContent {
  const functions: DraftFunction[] = [];
  const goto: string[] = [];
  const state = { subgraph: undefined as GraphDraft | undefined, tools: false, code: false };
  const visit = (part: Value, depth: number): void => {
    if (depth > 8) return;
    switch (part.kind) {
      case "function":
        for (const inner of part.wraps ?? []) visit(inner, depth + 1);
        state.code = true;
        add(functions, part, "node");
        for (const run of calledTools(machine, part)) add(functions, run, "tool");
        goto.push(...gotoTargets(part));
        return;
      case "task":
        if (part.run) visit(part.run, depth + 1);
        return;
      case "tool":
        state.code = true;
        for (const run of part.functions) add(functions, run, "node");
        return;
      case "toolNode":
        state.tools = true;
        for (const run of toolFunctions(machine, part.tools)) add(functions, run, "tool");
        return;
      case "graph":
        state.subgraph ??= part.draft;
        return;
      case "instance": {
        const method = CALLABLE.map((name) => machine.method(part, name)).find((found) => found);
        if (method) visit(method, depth + 1);
        return;
      }
      case "made":
        for (const inner of part.parts) visit(inner, depth + 1);
        return;
      case "method":
        // A method of something outside the workspace, or of a list: its object may still be the user's.
        if (part.target.kind === "made" || part.target.kind === "graph") visit(part.target, depth + 1);
        return;
      default:
        return;
    }
  };
  visit(value, 0);
  const name = inferredName(value);
  const kind: NodeKind =
    state.subgraph && !state.code ? "subgraph" : state.tools && !state.code ? "tools" : "function";
  return {
    kind,
    functions,
    goto: [...new Set(goto)],
    ...(kind === "subgraph" && state.subgraph ? { subgraph: state.subgraph } : {}),
    ...(name === undefined ? {} : { inferredName: name }),
  };
}

/** The functions of a list of tools: tools, plain functions, objects and graphs alike. */
export function toolFunctions(machine: Machine, tools: readonly Value[], depth = 0): FunctionValue[] {
  // A list may hold itself.
  if (depth > 8) return [];
  return tools.flatMap((tool): FunctionValue[] => {
    switch (tool.kind) {
      case "tool":
        return [...tool.functions];
      case "function":
        return [tool];
      case "list":
      case "dictionary":
        return toolFunctions(machine, itemsOf(tool), depth + 1);
      case "made":
        return toolFunctions(machine, tool.parts, depth + 1);
      case "instance":
        return TOOL_METHODS.flatMap((name) => machine.method(tool, name) ?? []);
      default:
        return [];
    }
  });
}

/** `tools_by_name[call["name"]]`, `self.tools.get(...)`, `search.invoke(...)`: how a node calls tools by hand. */
const TOOL_CALL =
  /(?:\b(self|this)\.)?\b([A-Za-z_$][\w$]*)(?:\[(?!\s*\])|\??\.(?:get|find|invoke|ainvoke)\()/g;

function calledTools(machine: Machine, value: FunctionValue): FunctionValue[] {
  const names = new Map<string, Value>();
  for (const [, self, name] of value.code.text().matchAll(TOOL_CALL)) {
    if (name === undefined || names.has(name)) continue;
    const found =
      self === undefined
        ? machine.lookup(name, value.scope)
        : value.self
          ? machine.member(value.self, name)
          : undefined;
    if (found) names.set(name, found);
  }
  return [...names.values()].flatMap((found) => {
    const tools = itemsOf(found).filter((item) => item.kind === "tool");
    return tools.flatMap((tool) => [...tool.functions]);
  });
}

export function functionsOf(machine: Machine, value: Value | undefined, role: Role): DraftFunction[] {
  if (!value || value.kind === "toolNode" || value.kind === "graph") return [];
  const own = contentOf(machine, value).functions.filter((found) => found.role === "node");
  return own.map((found) => ({ ...found, role }));
}

function add(functions: DraftFunction[], value: FunctionValue, role: Role): void {
  const { place } = value.code;
  if (!functions.some((known) => known.place === place)) functions.push({ place, role });
}

function inferredName(value: Value): string | undefined {
  switch (value.kind) {
    case "function":
      return value.code.name ?? "<lambda>";
    case "graph":
      return value.name ?? "LangGraph";
    case "instance":
      return textOf(value.fields.get("__name__")) ?? value.of.code.name;
    case "class":
      return value.code.name;
    case "tool":
    case "task":
      return value.name;
    case "toolNode":
      return "tools";
    case "made": {
      const [only] = value.parts;
      if (value.name === "partial" || value.name === "RunnableSequence") return value.name;
      return only && value.parts.length === 1 ? inferredName(only) : value.name || undefined;
    }
    case "external":
      return value.name;
    default:
      return undefined;
  }
}

/** Names in a `Command[...]` return type. */
function gotoTargets(value: FunctionValue): string[] {
  const type = value.code.returnType;
  return type ? commandTargets(type, value.scope, 0) : [];
}

function commandTargets(type: TypeShape, scope: Scope, depth: number): string[] {
  if (depth > 8) return [];
  if (type.kind === "union")
    return type.options.flatMap((option) => commandTargets(option, scope, depth + 1));
  if (type.kind === "literal") return [];
  if (type.name === "Command") return type.args.flatMap((arg) => literalsOf(arg, scope));
  const alias = type.args.length === 0 ? scope.findType(type.name) : undefined;
  if (alias) return commandTargets(alias, scope, depth + 1);
  return type.args.flatMap((arg) => commandTargets(arg, scope, depth + 1));
}

/** Every string that a type allows; `END` and `START` count as the names they stand for. */
export function literalsOf(type: TypeShape, scope: Scope, depth = 0): string[] {
  if (depth > 8) return [];
  if (type.kind === "literal") return [type.value];
  if (type.kind === "union") return type.options.flatMap((option) => literalsOf(option, scope, depth + 1));
  if (type.name === "END") return ["__end__"];
  if (type.name === "START") return ["__start__"];
  const alias = type.args.length === 0 ? scope.findType(type.name) : undefined;
  if (alias) return literalsOf(alias, scope, depth + 1);
  return type.args.flatMap((arg) => literalsOf(arg, scope, depth + 1));
}
