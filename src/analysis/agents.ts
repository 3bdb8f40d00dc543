// Prebuilt agents: the nodes that create_agent, create_react_agent and their like make.

import { functionsOf, toolFunctions } from "./nodes.ts";
import type { Language } from "./program.ts";
import {
  type Arguments,
  argument,
  type CallSite,
  type DictionaryValue,
  type DraftFunction,
  type ExternalValue,
  type GraphDraft,
  type GraphValue,
  itemsOf,
  type Machine,
  option,
  textOf,
  UNKNOWN,
  type Value,
} from "./values.ts";

export type AgentMaker = "react" | "agent" | "deep" | "supervisor" | "swarm";

export function agentMaker({ module, name }: ExternalValue): AgentMaker | undefined {
  switch (name) {
    case "create_react_agent":
    case "createReactAgent":
      // langchain.agents has an older function of this name that makes no graph.
      return module === "" || /langgraph/.test(module) ? "react" : undefined;
    case "create_agent":
    case "createAgent":
      return "agent";
    case "create_deep_agent":
    case "createDeepAgent":
      return "deep";
    case "create_supervisor":
    case "createSupervisor":
      return "supervisor";
    case "create_swarm":
    case "createSwarm":
      return "swarm";
    default:
      return undefined;
  }
}

/** The functions that a node is told to run around the model. */
type Hook =
  | "before_agent"
  | "before_model"
  | "after_model"
  | "after_agent"
  | "wrap_model_call"
  | "wrap_tool_call";

interface Middleware {
  readonly name: string;
  readonly hooks: ReadonlyMap<Hook, readonly DraftFunction[]>;
  readonly tools: readonly Value[];
}

const HOOKS: readonly (readonly [Hook, readonly string[]])[] = [
  ["before_agent", ["before_agent", "abefore_agent", "beforeAgent"]],
  ["before_model", ["before_model", "abefore_model", "beforeModel"]],
  ["after_model", ["after_model", "aafter_model", "afterModel"]],
  ["after_agent", ["after_agent", "aafter_agent", "afterAgent"]],
  ["wrap_model_call", ["wrap_model_call", "awrap_model_call", "wrapModelCall", "dynamic_prompt"]],
  ["wrap_tool_call", ["wrap_tool_call", "awrap_tool_call", "wrapToolCall"]],
];

/** Middleware of LangChain itself that adds nodes: Python's classes, then JavaScript's functions. */
const BUILT_IN: Readonly<Record<string, readonly Hook[]>> = {
  HumanInTheLoopMiddleware: ["after_model"],
  ModelCallLimitMiddleware: ["before_model", "after_model"],
  ShellToolMiddleware: ["before_agent", "after_agent"],
  SummarizationMiddleware: ["before_model"],
  TodoListMiddleware: ["after_model"],
  humanInTheLoopMiddleware: ["after_model"],
  modelCallLimitMiddleware: ["before_model", "after_model", "after_agent"],
  summarizationMiddleware: ["before_model"],
  todoListMiddleware: ["after_model"],
};

export function makeAgent(
  machine: Machine,
  maker: "react" | "agent" | "deep",
  args: Arguments,
  draft: GraphDraft,
  site: CallSite,
): GraphValue {
  const shift = site.language === "python" ? 1 : 0;
  const toolsValue = option(args, shift, "tools") ?? (shift ? args.positional[1] : undefined);
  const name = textOf(option(args, 0, "name"));
  const builder = new AgentBuilder(machine, draft, site);
  if (maker === "react") builder.react(args, toolsValue, site.language);
  else builder.agent(args, toolsValue, site.language === "python" ? "model" : "model_request");
  return { kind: "graph", draft, form: "compiled", ...(name === undefined ? {} : { name }) };
}

class AgentBuilder {
  readonly #machine: Machine;
  readonly #draft: GraphDraft;
  readonly #at: { path: string; line: number; endLine: number };

  constructor(machine: Machine, draft: GraphDraft, site: CallSite) {
    this.#machine = machine;
    this.#draft = draft;
    // Only the line that names the agent stands for its model; its options may hold functions of their own.
    this.#at = { path: site.path, line: site.span.line, endLine: site.span.line };
  }

  react(args: Arguments, tools: Value | undefined, language: Language): void {
    const hook = (...names: string[]): Value | undefined => option(args, 0, ...names);
    const [pre, post] = [hook("pre_model_hook", "preModelHook"), hook("post_model_hook", "postModelHook")];
    const model = [hook("prompt"), hook("llm"), argument(args, 0, "model")].flatMap((value) =>
      value?.kind === "function" ? functionsOf(this.#machine, value, "node") : [],
    );
    // createReactAgent has the node even when it has no tool.
    if (!this.#addTools(tools, []) && language === "typescript") {
      this.#draft.nodes.set("tools", { name: "tools", dynamicName: false, kind: "tools", functions: [] });
    }
    this.#node("agent", model, true);
    let entry = "agent";
    if (pre) {
      this.#node("pre_model_hook", functionsOf(this.#machine, pre, "node"));
      this.#edge("pre_model_hook", "agent");
      entry = "pre_model_hook";
    }
    let last = "agent";
    if (post) {
      this.#node("post_model_hook", functionsOf(this.#machine, post, "node"));
      this.#edge("agent", "post_model_hook");
      last = "post_model_hook";
    }
    this.#edge("__start__", entry);
    let exit = "__end__";
    if (hook("response_format", "responseFormat")) {
      exit = "generate_structured_response";
      this.#node(exit, []);
      this.#edge(exit, "__end__");
    }
    const conditional = this.#draft.nodes.has("tools");
    if (conditional) {
      this.#edge(last, "tools", true);
      this.#edge("tools", entry);
    }
    this.#edge(last, exit, conditional);
  }

  agent(args: Arguments, tools: Value | undefined, modelNode: string): void {
    const middleware = itemsOf(option(args, 0, "middleware")).map((value) => this.#middleware(value));
    const around = (hook: Hook): DraftFunction[] => middleware.flatMap((part) => part.hooks.get(hook) ?? []);
    this.#node(modelNode, around("wrap_model_call"), true);
    const extra = middleware.flatMap((part) => part.tools);
    const hasTools = this.#addTools(tools, extra, around("wrap_tool_call"));
    const chain = (hook: Hook): string[] =>
      middleware.flatMap((part) => {
        const functions = part.hooks.get(hook);
        if (!functions) return [];
        const name = `${part.name}.${hook}`;
        this.#node(name, functions);
        return [name];
      });
    const beforeAgent = chain("before_agent");
    const beforeModel = chain("before_model");
    const afterModel = chain("after_model").reverse();
    const afterAgent = chain("after_agent").reverse();
    const loop = [...beforeModel, modelNode, ...afterModel];
    this.#path(["__start__", ...beforeAgent, ...loop]);
    const last = loop[loop.length - 1] ?? modelNode;
    const exits = [...afterAgent, "__end__"];
    this.#path(exits);
    if (hasTools) {
      this.#edge(last, "tools", true);
      this.#edge("tools", loop[0] ?? modelNode);
    }
    this.#edge(last, exits[0] ?? "__end__", hasTools);
  }

  #addTools(
    tools: Value | undefined,
    extra: readonly Value[],
    around: readonly DraftFunction[] = [],
  ): boolean {
    const given = tools?.kind === "toolNode" ? tools.tools : itemsOf(tools);
    const empty = tools === undefined || (tools.kind === "list" && tools.items.length === 0);
    if (empty && extra.length === 0 && around.length === 0) return false;
    const found = toolFunctions(this.#machine, [...given, ...extra]);
    const functions = found.map((value): DraftFunction => ({ place: value.code.place, role: "tool" }));
    const wrappers = around.map((wrapper): DraftFunction => ({ ...wrapper, role: "tool" }));
    this.#draft.nodes.set("tools", {
      name: "tools",
      dynamicName: false,
      kind: "tools",
      functions: [...functions, ...wrappers],
    });
    return true;
  }

  #middleware(value: Value): Middleware {
    const hooks = new Map<Hook, readonly DraftFunction[]>();
    const collect = (find: (name: string) => Value | undefined): void => {
      for (const [hook, names] of HOOKS) {
        const found = names.flatMap((name) => {
          const part = find(name);
          const run = part?.kind === "dictionary" ? part.entries.get("hook") : part;
          return run ? functionsOf(this.#machine, run, "node") : [];
        });
        if (found.length > 0) hooks.set(hook, found);
      }
    };
    if (value.kind === "instance") {
      collect((name) => this.#machine.method(value, name));
      const tools = itemsOf(this.#machine.member(value, "tools"));
      return { name: value.of.code.name ?? "", hooks, tools: tools.filter((tool) => tool.kind !== "method") };
    }
    if (value.kind === "dictionary") {
      collect((name) => value.entries.get(name));
      const tools = itemsOf(value.entries.get("tools"));
      return { name: textOf(value.entries.get("name")) ?? "", hooks, tools };
    }
    if (value.kind === "made") {
      const [run] = value.parts;
      collect((name) => (name === value.name ? run : undefined));
      const builtIn = BUILT_IN[value.name];
      for (const hook of builtIn ?? []) hooks.set(hook, []);
      const name = run?.kind === "function" ? run.code.name : value.name;
      // These bring tools of their own.
      const tools = /^(todoList|TodoList|ShellTool)Middleware$/.test(value.name) ? [UNKNOWN] : [];
      return { name: builtIn ? className(value.name) : (name ?? ""), hooks, tools };
    }
    return { name: "", hooks, tools: [] };
  }

  #node(name: string, functions: readonly DraftFunction[], atCall = false): void {
    this.#draft.nodes.set(name, {
      name,
      dynamicName: false,
      kind: "function",
      functions,
      ...(atCall ? { addedAt: this.#at } : {}),
    });
  }

  #edge(from: string, to: string, conditional = false): void {
    this.#draft.edges.push({ from, to, conditional, source: this.#at, routers: [] });
  }

  #path(names: readonly string[]): void {
    for (let index = 1; index < names.length; index++) {
      this.#edge(names[index - 1] ?? "", names[index] ?? "");
    }
  }
}

/** `humanInTheLoopMiddleware()` makes a middleware that is named like its class; one of them does not. */
function className(name: string): string {
  if (name === "todoListMiddleware") return name;
  return name.charAt(0).toUpperCase() + name.slice(1);
}

/** A supervisor or a swarm: one subgraph for each agent, and the model that hands over. */
export function makeTeam(
  machine: Machine,
  maker: "supervisor" | "swarm",
  args: Arguments,
  draft: GraphDraft,
): GraphValue {
  const agents = itemsOf(option(args, 0, "agents") ?? onlyList(args.positional[0]));
  const at = { path: draft.path, line: draft.span.line, endLine: draft.span.line };
  const edge = (from: string, to: string, conditional: boolean): void => {
    draft.edges.push({ from, to, conditional, source: at, routers: [] });
  };
  const named = agents.flatMap((agent) => (agent.kind === "graph" && agent.name ? [agent] : []));
  for (const agent of named) {
    const name = agent.name ?? "";
    draft.nodes.set(name, {
      name,
      dynamicName: false,
      kind: "subgraph",
      functions: [],
      subgraph: agent.draft,
    });
  }
  if (maker === "swarm") {
    for (const agent of named) edge("__start__", agent.name ?? "", true);
    return { kind: "graph", draft, form: "builder" };
  }
  const name = textOf(option(args, 0, "supervisor_name", "supervisorName")) ?? "supervisor";
  const tools = toolFunctions(machine, itemsOf(option(args, 0, "tools")));
  const functions = tools.map((tool): DraftFunction => ({ place: tool.code.place, role: "tool" }));
  draft.nodes.set(name, { name, dynamicName: false, kind: "subgraph", functions, addedAt: at });
  edge("__start__", name, false);
  for (const agent of named) {
    edge(name, agent.name ?? "", true);
    edge(agent.name ?? "", name, false);
  }
  edge(name, "__end__", true);
  return { kind: "graph", draft, form: "builder" };
}

function onlyList(value: Value | DictionaryValue | undefined): Value {
  return value?.kind === "list" ? value : UNKNOWN;
}
