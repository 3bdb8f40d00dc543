/** What the static analysis knows of prebuilt agents, their middleware and their tools, in both languages. */
import assert from "node:assert/strict";
import { analyse, edges, fixture, nodes } from "./fixture.ts";

describe("prebuilt agents and tools in Python", () => {
  it("knows the nodes of prebuilt agents, with their tools and hooks", async () => {
    const found = await fixture("python/agents.py");
    assert.deepEqual(found.candidates(), [
      "agent agent @agent",
      "reacting agent @reacting",
      "silent agent @silent",
    ]);
    assert.deepEqual(nodes(found.graph("agent")), [
      "model: function log_call",
      "tools: tools tool weather tool pay",
      "trim.before_model: function trim",
      "Audit.after_model: function after_model",
    ]);
    assert.deepEqual(edges(found.graph("agent")), [
      "__start__ -> trim.before_model",
      "trim.before_model -> model",
      "model -> Audit.after_model",
      "Audit.after_model ~> tools",
      "tools -> trim.before_model",
      "Audit.after_model ~> __end__",
    ]);
    assert.deepEqual(nodes(found.graph("reacting")), [
      "tools: tools tool weather",
      "agent: function choose_model",
      `pre_model_hook: function line ${found.line("reacting")}`,
    ]);
    assert.deepEqual(nodes(found.graph("silent")), ["model: function"]);
    assert.deepEqual(edges(found.graph("silent")), ["__start__ -> model", "model -> __end__"]);
  });

  it("knows LangChain's own middleware and decorators with options", async () => {
    const { graphs } = await analyse(
      "python/middleware.py",
      [
        "from langchain.agents import create_agent",
        "from langchain.agents.middleware import HumanInTheLoopMiddleware, ModelCallLimitMiddleware, after_agent, wrap_tool_call",
        "@after_agent(can_jump_to=['end'])",
        "def close(state, runtime): return None",
        "@wrap_tool_call",
        "def watch(request, handler): return handler(request)",
        "graph = create_agent(m, [], middleware=[HumanInTheLoopMiddleware(interrupt_on={}), ModelCallLimitMiddleware(run_limit=3), close, watch])",
      ].join("\n"),
    );
    assert.deepEqual(graphs.map(nodes), [
      [
        "model: function",
        "tools: tools tool watch",
        "ModelCallLimitMiddleware.before_model: function",
        "HumanInTheLoopMiddleware.after_model: function",
        "ModelCallLimitMiddleware.after_model: function",
        "close.after_agent: function close",
      ],
    ]);
    assert.deepEqual(graphs.map(edges), [
      [
        "__start__ -> ModelCallLimitMiddleware.before_model",
        "ModelCallLimitMiddleware.before_model -> model",
        "model -> ModelCallLimitMiddleware.after_model",
        "ModelCallLimitMiddleware.after_model -> HumanInTheLoopMiddleware.after_model",
        "close.after_agent -> __end__",
        "HumanInTheLoopMiddleware.after_model ~> tools",
        "tools -> ModelCallLimitMiddleware.before_model",
        "HumanInTheLoopMiddleware.after_model ~> close.after_agent",
      ],
    ]);
  });

  it("knows the hooks and the last node of create_react_agent, deep agents and swarms", async () => {
    const { graphs } = await analyse(
      "python/prebuilt.py",
      [
        "from deepagents import create_deep_agent",
        "from langgraph.prebuilt import create_react_agent",
        "from langgraph_swarm import create_swarm",
        "def check(state): return state",
        "def look(text): return text",
        "one = create_react_agent(m, [look], post_model_hook=check, response_format=Answer, name='one')",
        "two = create_react_agent(model=m, tools=[], name='two')",
        "deep = create_deep_agent(model=m, tools=[look])",
        "swarm = create_swarm([one, two], default_active_agent='one').compile()",
      ].join("\n"),
    );
    const by = (variable: string): string[][] => {
      const graph = graphs.find((other) => other.variable === variable);
      return graph ? [nodes(graph), edges(graph)] : [];
    };
    assert.deepEqual(by("one"), [
      [
        "tools: tools tool look",
        "agent: function",
        "post_model_hook: function check",
        "generate_structured_response: function",
      ],
      [
        "agent -> post_model_hook",
        "__start__ -> agent",
        "generate_structured_response -> __end__",
        "post_model_hook ~> tools",
        "tools -> agent",
        "post_model_hook ~> generate_structured_response",
      ],
    ]);
    assert.deepEqual(by("two"), [["agent: function"], ["__start__ -> agent", "agent -> __end__"]]);
    assert.deepEqual(by("deep")[0], ["model: function", "tools: tools tool look"]);
    assert.deepEqual(by("swarm"), [
      ["one: subgraph", "two: subgraph"],
      ["__start__ ~> one", "__start__ ~> two"],
    ]);
  });

  it("builds supervisors and swarms out of their agents", async () => {
    const { candidates, graphs } = await analyse(
      "python/team.py",
      [
        "from langgraph.prebuilt import create_react_agent",
        "from langgraph_supervisor import create_supervisor",
        "maths = create_react_agent(model, [], name='maths')",
        "writer = create_react_agent(model, [], name='writer')",
        "graph = create_supervisor([maths, writer], model=model).compile()",
      ].join("\n"),
    );
    assert.deepEqual(
      candidates.map((candidate) => candidate.variable),
      ["maths", "writer", "graph"],
    );
    const graph = graphs.find((other) => other.variable === "graph");
    assert.ok(graph);
    assert.deepEqual(nodes(graph), ["maths: subgraph", "writer: subgraph", "supervisor: subgraph"]);
  });

  it("knows a tool however it is made", async () => {
    for (const made of [
      "StructuredTool.from_function(run)",
      "StructuredTool(name='x', func=run)",
      "Tool(name='x', func=run)",
      "tool('x')(run)",
      "tool(run)",
    ]) {
      const { graphs } = await analyse(
        "python/made.py",
        [
          "from langchain_core.tools import StructuredTool, Tool, tool",
          "def run(text): return text",
          `tools = {"x": ${made}}`,
          "def call(state): return tools[state['name']].invoke(state)",
          "graph = StateGraph(dict).add_node(call)",
        ].join("\n"),
      );
      assert.deepEqual(graphs.map(nodes), [["call: function call tool run"]], made);
    }
  });

  it("takes tools and tasks for nodes", async () => {
    const { graphs } = await analyse(
      "python/direct.py",
      [
        "from langchain_core.tools import tool",
        "from langgraph.func import task",
        "@tool",
        "def search(text): return text",
        "@task",
        "def work(text): return text",
        "graph = StateGraph(dict).add_node(search).add_node('work', work)",
      ].join("\n"),
    );
    assert.deepEqual(graphs.map(nodes), [["search: function search", "work: function work"]]);
  });
});

describe("prebuilt agents and tools in TypeScript", () => {
  it("knows the nodes of prebuilt agents, with their tools and hooks", async () => {
    const found = await fixture("typescript/agents.ts");
    assert.deepEqual(found.candidates(), ["agent agent @agent", "reacting agent @reacting"]);
    assert.deepEqual(nodes(found.graph("agent")), [
      "model_request: function",
      `tools: tools tool line ${found.line("weather")} tool line ${found.line("pay.interrupt") - 1}`,
      "Audit.before_model: function beforeModel",
      "Audit.after_model: function hook",
    ]);
    assert.deepEqual(nodes(found.graph("reacting")), [
      "tools: tools",
      "agent: function",
      "pre_model_hook: function preModelHook",
    ]);
  });

  it("knows LangChain's own middleware by the names of its nodes", async () => {
    const { graphs } = await analyse(
      "middleware.ts",
      [
        'import { createAgent, humanInTheLoopMiddleware, modelCallLimitMiddleware, todoListMiddleware } from "langchain";',
        "export const agent = createAgent({ model, middleware: [humanInTheLoopMiddleware({}), todoListMiddleware(), modelCallLimitMiddleware()] });",
      ].join("\n"),
    );
    assert.deepEqual(graphs.map(nodes), [
      [
        "model_request: function",
        "tools: tools",
        "ModelCallLimitMiddleware.before_model: function",
        "HumanInTheLoopMiddleware.after_model: function",
        "todoListMiddleware.after_model: function",
        "ModelCallLimitMiddleware.after_model: function",
        "ModelCallLimitMiddleware.after_agent: function",
      ],
    ]);
  });

  it("builds supervisors, swarms and deep agents", async () => {
    const { graphs } = await analyse(
      "teams.ts",
      [
        'import { createDeepAgent } from "deepagents";',
        'import { createSupervisor } from "@langchain/langgraph-supervisor";',
        'import { createSwarm } from "@langchain/langgraph-swarm";',
        'import { createReactAgent } from "@langchain/langgraph/prebuilt";',
        "const a = createReactAgent({ llm, tools: [], name: 'a' });",
        "export const boss = createSupervisor({ agents: [a], llm, supervisorName: 'boss' }).compile();",
        "export const swarm = createSwarm({ agents: [a], defaultActiveAgent: 'a' }).compile();",
        "export const deep = createDeepAgent({ tools: [] });",
      ].join("\n"),
    );
    const by = (variable: string): string[] => {
      const graph = graphs.find((other) => other.variable === variable);
      return graph ? [...nodes(graph), ...edges(graph)] : [];
    };
    assert.deepEqual(by("boss"), [
      "a: subgraph",
      "boss: subgraph",
      "__start__ -> boss",
      "boss ~> a",
      "a -> boss",
      "boss ~> __end__",
    ]);
    assert.deepEqual(by("swarm"), ["a: subgraph", "__start__ ~> a"]);
    assert.deepEqual(by("deep"), [
      "model_request: function",
      "__start__ -> model_request",
      "model_request -> __end__",
    ]);
  });

  it("knows a tool however it is made", async () => {
    for (const made of [
      "new DynamicStructuredTool({ name: 'x', func: run })",
      "new DynamicTool({ name: 'x', func: run })",
      "tool(run, { name: 'x' })",
      "tool(traceable(run), { name: 'x' })",
    ]) {
      const { graphs } = await analyse(
        "made.ts",
        [
          'import { DynamicStructuredTool, DynamicTool, tool } from "@langchain/core/tools";',
          "const run = (text: string) => text;",
          `const tools = { x: ${made} };`,
          "const call = async (state) => tools[state.name].invoke(state);",
          'const graph = new StateGraph(S).addNode("call", call);',
        ].join("\n"),
      );
      assert.deepEqual(graphs.map(nodes), [["call: function call tool run"]], made);
    }
  });
});
