// What LangGraph's own names do: builders and their methods, tools, tasks, entrypoints, decorators.

import { type AgentMaker, agentMaker, makeAgent, makeTeam } from "./agents.ts";
import { addConditionalEdges, addEdge, addNode, addSequence } from "./builder.ts";
import { nodeNameOf } from "./evaluate.ts";
import {
  type Arguments,
  argument,
  type CallSite,
  type FunctionValue,
  type GraphDraft,
  type GraphValue,
  isTelling,
  itemsOf,
  type Machine,
  option,
  textOf,
  UNKNOWN,
  type Value,
} from "./values.ts";

/** Names that other packages use too are LangGraph's only when they come from it, or from nowhere yet. */
const OWN = /lang(graph|chain|smith)|deepagents/;

/** A call of something that is not the user's code. */
export function callApi(machine: Machine, callee: Value, args: Arguments, site: CallSite): Value {
  if (callee.kind === "made" && callee.name.startsWith("@")) {
    const [target] = args.positional;
    return target ? decorate(machine, callee, target, site) : UNKNOWN;
  }
  if (callee.kind === "method") return callMethod(callee.target, callee.name, args);
  if (callee.kind !== "external") return wrapped("", args);
  const own = callee.module === "" || OWN.test(callee.module);
  switch (callee.name) {
    case "StateGraph":
    case "MessageGraph":
      return { kind: "graph", draft: machine.draft("graph", site), form: "builder" };
    case "Graph":
      if (/langgraph/.test(callee.module))
        return { kind: "graph", draft: machine.draft("graph", site), form: "builder" };
      break;
    case "ToolNode":
      return { kind: "toolNode", tools: itemsOf(argument(args, 0, "tools")) };
    case "tool":
      if (own) return makeTool(args, site);
      break;
    case "DynamicStructuredTool":
    case "DynamicTool":
    case "Tool":
    case "StructuredTool":
      return makeTool(args, site);
    case "from_function":
      if (/Tool$/.test(callee.module)) return makeTool(args, site);
      break;
    case "task":
      if (own) return makeTask(args, site);
      break;
    case "entrypoint":
      if (own) return makeEntrypoint(machine, args, site);
      break;
    // What is awaited or cast is the value itself.
    case "run":
    case "resolve":
    case "cast":
      if (/^(asyncio|anyio|Promise|typing)$/.test(callee.module)) {
        return args.positional[callee.name === "cast" ? 1 : 0] ?? UNKNOWN;
      }
      break;
    case "Send":
      return { kind: "send", to: nodeNameOf(argument(args, 0, "node")) ?? "{…}" };
    default:
      break;
  }
  const maker: AgentMaker | undefined = own ? agentMaker(callee) : undefined;
  if (maker === "supervisor" || maker === "swarm")
    return makeTeam(machine, maker, args, machine.draft("graph", site));
  if (maker) return makeAgent(machine, maker, args, machine.draft("agent", site), site);
  if (own && DECORATORS.has(callee.name) && !args.positional.some((value) => value.kind === "function")) {
    return { kind: "made", name: `@${callee.name}`, parts: [] };
  }
  // The options of createMiddleware are all that is known of a middleware.
  if (callee.name === "createMiddleware" && args.positional[0]) return args.positional[0];
  if (/Middleware$/.test(callee.name)) return { kind: "made", name: callee.name, parts: [] };
  return wrapped(callee.name, args);
}

const DECORATORS = new Set([
  "before_model",
  "after_model",
  "before_agent",
  "after_agent",
  "wrap_model_call",
  "wrap_tool_call",
  "dynamic_prompt",
]);

/** What a decorator makes of a function; a decorator that is not LangGraph's leaves it as it is. */
export function decorate(machine: Machine, decorator: Value, value: Value, site: CallSite): Value {
  const given: Arguments = { positional: [value], named: new Map(), spans: [site.span] };
  if (decorator.kind === "external") {
    const own = decorator.module === "" || OWN.test(decorator.module);
    if (own && /^(tool|task|entrypoint)$/.test(decorator.name))
      return callApi(machine, decorator, given, site);
    if (own && DECORATORS.has(decorator.name)) return { kind: "made", name: decorator.name, parts: [value] };
    return value;
  }
  if (decorator.kind !== "made" || !decorator.name.startsWith("@") || value.kind !== "function") return value;
  const [named] = decorator.parts;
  const name = textOf(named) ?? value.code.name ?? "";
  switch (decorator.name) {
    case "@tool":
      return { kind: "tool", name, functions: [value] };
    case "@task":
      return { kind: "task", name, run: value };
    case "@entrypoint":
      return entrypointOf(machine, value, name, site);
    default:
      return { kind: "made", name: decorator.name.slice(1), parts: [value] };
  }
}

function makeTool(args: Arguments, site: CallSite): Value {
  const run = [option(args, 0, "func"), option(args, 0, "coroutine"), ...args.positional].filter(
    (value): value is FunctionValue => value?.kind === "function",
  );
  const name = textOf(option(args, 1, "name") ?? option(args, 0, "name") ?? args.positional[0]);
  if (run.length === 0) {
    // `@tool("search")`, or a tool around something that is not a function.
    const named = name === undefined ? [] : [{ kind: "constant" as const, value: name }];
    if (site.language === "python") return { kind: "made", name: "@tool", parts: named };
    const parts = args.positional.filter((value) => value.kind === "made" || value.kind === "method");
    return { kind: "tool", name: name ?? "", functions: parts.length > 0 ? functionsIn(parts) : [] };
  }
  return { kind: "tool", name: name ?? run[0]?.code.name ?? "", functions: [...new Set(run)] };
}

function functionsIn(values: readonly Value[]): FunctionValue[] {
  return values.flatMap((value): FunctionValue[] => {
    if (value.kind === "function") return [value];
    return value.kind === "made" ? functionsIn(value.parts) : [];
  });
}

function makeTask(args: Arguments, site: CallSite): Value {
  const run = args.positional.find((value): value is FunctionValue => value.kind === "function");
  const name = textOf(option(args, 0, "name") ?? args.positional[0]);
  if (!run && site.language === "python") {
    const parts = name === undefined ? [] : [{ kind: "constant" as const, value: name }];
    return { kind: "made", name: "@task", parts };
  }
  return { kind: "task", name: name ?? run?.code.name ?? "task", run };
}

function makeEntrypoint(machine: Machine, args: Arguments, site: CallSite): Value {
  const run = args.positional.find((value): value is FunctionValue => value.kind === "function");
  const name = textOf(option(args, 0, "name") ?? args.positional[0]);
  if (!run) return { kind: "made", name: "@entrypoint", parts: [] };
  return entrypointOf(machine, run, name ?? run.code.name ?? "entrypoint", site);
}

function entrypointOf(machine: Machine, run: FunctionValue, name: string, site: CallSite): GraphValue {
  const draft = machine.draft("entrypoint", site);
  const { place } = run.code;
  const source = { path: site.path, line: site.span.line, endLine: site.span.line };
  draft.nodes.set(name, {
    name,
    dynamicName: false,
    kind: "entrypoint",
    functions: [{ place, role: "node" }],
    addedAt: source,
  });
  draft.edges.push({ from: "__start__", to: name, conditional: false, source, routers: [] });
  draft.edges.push({ from: name, to: "__end__", conditional: false, source, routers: [] });
  machine.entrypoint(draft, run);
  return { kind: "graph", draft, form: "compiled", name };
}

/** Adds a task that an entrypoint calls; false when it was there already. */
export function addTask(draft: GraphDraft, task: Extract<Value, { kind: "task" }>): boolean {
  if (draft.nodes.has(task.name)) return false;
  draft.nodes.set(task.name, {
    name: task.name,
    dynamicName: false,
    kind: "task",
    functions: task.run ? [{ place: task.run.code.place, role: "node" }] : [],
  });
  return true;
}

/** Methods that give the same graph back. */
const SAME = new Set([
  "with_config",
  "withConfig",
  "with_retry",
  "withRetry",
  "with_types",
  "with_listeners",
  "withListeners",
  "bind",
  "copy",
  "validate",
  "set_node_defaults",
  "setNodeDefaults",
]);

export function callGraph(
  machine: Machine,
  graph: GraphValue,
  method: string,
  args: Arguments,
  site: CallSite,
): Value {
  const { draft } = graph;
  switch (method) {
    case "add_node":
    case "addNode":
      addNode(machine, draft, args, site);
      return graph;
    case "add_sequence":
    case "addSequence":
      addSequence(machine, draft, args, site);
      return graph;
    case "add_edge":
    case "addEdge":
      addEdge(draft, argument(args, 0, "start_key"), argument(args, 1, "end_key"), site);
      return graph;
    case "add_conditional_edges":
    case "addConditionalEdges":
      addConditionalEdges(machine, draft, args, site);
      return graph;
    case "set_entry_point":
    case "setEntryPoint":
      addEdge(draft, { kind: "constant", value: "__start__" }, argument(args, 0, "key"), site);
      return graph;
    case "set_finish_point":
    case "setFinishPoint":
      addEdge(draft, argument(args, 0, "key"), { kind: "constant", value: "__end__" }, site);
      return graph;
    case "set_conditional_entry_point":
    case "setConditionalEntryPoint":
      addConditionalEdges(machine, draft, args, site, "__start__");
      return graph;
    case "compile": {
      const name = textOf(option(args, 0, "name"));
      return { kind: "graph", draft, form: "compiled", ...(name === undefined ? {} : { name }) };
    }
    case "pipe":
      return { kind: "made", name: "RunnableSequence", parts: [graph, ...args.positional.filter(isTelling)] };
    default:
      return SAME.has(method) ? graph : UNKNOWN;
  }
}

function callMethod(target: Value, name: string, args: Arguments): Value {
  // `fn.bind(this)`, `fn.call.bind(fn)`
  if (target.kind === "function") return target;
  if (target.kind === "method" && name === "bind") return args.positional[0] ?? UNKNOWN;
  if (target.kind === "made" || target.kind === "toolNode" || target.kind === "tool") {
    if (name === "pipe") {
      return {
        kind: "made",
        name: "RunnableSequence",
        parts: [target, ...args.positional.filter(isTelling)],
      };
    }
    return /^(invoke|ainvoke|stream|astream|batch|abatch)$/.test(name) ? UNKNOWN : target;
  }
  return wrapped(name, args);
}

/** Something outside the workspace that was given the user's functions. */
function wrapped(name: string, args: Arguments): Value {
  const given = [...args.positional, ...args.named.values()].flatMap((value) => {
    if (value.kind === "dictionary") return [...value.entries.values()];
    return value.kind === "list" && /^(Runnable|from$)/.test(name) ? value.items : [value];
  });
  const parts = given.filter((value) =>
    ["function", "made", "tool", "toolNode", "graph", "instance", "task"].includes(value.kind),
  );
  return parts.length > 0 ? { kind: "made", name, parts } : UNKNOWN;
}
