// A story as a test for pytest.

import type { ErrorInfo } from "../../protocol/runtime.ts";
import type { Change } from "./changes.ts";
import type { Told } from "./expected.ts";
import { python } from "./literals.ts";
import type { Source } from "./source.ts";
import type { Standing, Story, Turn } from "./story.ts";
import { inOneLine, needsOf, plainOf, saidOf, startOf } from "./text.ts";

export function pytest(story: Story, source: Source): string {
  const needs = needsOf(story, source);
  const isDirect = /^(compiled|agent|entrypoint)$/.test(source.kind);
  const lines = [
    `"""What thread ${one(story.threadId)} did, with its input and the answers that it was given.`,
    "",
    "Made by the LangGraph debugger. Run it with pytest in the workspace folder.",
    '"""',
    "",
    "import asyncio",
    ...(isDirect ? [] : ["import contextlib", "import inspect"]),
    ...(needs.errors ? ["import re"] : []),
    "import sys",
    "",
    ...(needs.errors ? ["import pytest"] : []),
    ...(needs.messages ? ["from langchain_core.messages import convert_to_messages"] : []),
    "from langgraph.checkpoint.memory import InMemorySaver",
    "from langgraph.types import Command",
    "",
    `sys.path[:0] = ${python([...source.folders])}`,
    "",
    ...imports(source),
    "",
    `CONFIG = ${python({
      ...source.config,
      configurable: { ...(source.config.configurable as object), thread_id: "1" },
    })}`,
    "",
    "",
    ...turnHelper(source, needs),
    "",
    "",
    ...(needs.edits ? [...editHelper, "", ""] : []),
    "async def run(graph):",
    ...story.acts.flatMap((act) => (act.kind === "turn" ? turn(act, story.functional) : change(act))),
    "    state = await graph.aget_state(CONFIG)",
    ...standing(story),
    ...state(story),
    "",
    "",
    ...test(source, isDirect),
  ];
  return `${lines.join("\n")}\n`;
}

function imports({ module, variable, folders }: Source): string[] {
  const [first = variable, ...inside] = variable.split(".");
  const isName = module.split(".").every((part) => /^[\p{ID_Start}_][\p{ID_Continue}]*$/u.test(part));
  const found = isName
    ? [`from ${module} import ${first}  # noqa: E402`]
    : [
        "import importlib  # noqa: E402",
        "",
        `${first} = importlib.import_module(${python(module)}).${first}`,
      ];
  return folders.length === 0 || inside.length === 0 ? found : [...found, "", `made = ${variable}`];
}

// ------------------------------------------------------------------------------------------- functions

function turnHelper({ context }: Source, { stops }: ReturnType<typeof needsOf>): string[] {
  const more = context === undefined ? [] : [`context=${python(context, 3)}`];
  if (stops === "limited") more.push('interrupt_before="*" if stops > 0 else None');
  const stream = [
    "        async for update in graph.astream(",
    `            ${["given", "CONFIG", 'stream_mode="updates"', ...more].join(", ")}`,
    "        ):",
  ];
  const resume = [
    "        resume = {",
    "            each.id: answers[task.name].pop(0)",
    "            for task in state.tasks",
    "            for each in task.interrupts",
    "            if each.id in asked and answers.get(task.name)",
    "        }",
  ];
  return [
    stops === "none"
      ? "async def turn(graph, given, answers):"
      : "async def turn(graph, given, answers, stops=0):",
    ...(stops === "none"
      ? ['    """Runs until no answer is left. Returns the nodes in the order in which they finished."""']
      : [
          '    """Runs until no answer is left, or up to the stop of this number before a superstep.',
          "",
          "    Returns the nodes in the order in which they finished.",
          '    """',
        ]),
    "    path = []",
    "    while True:",
    "        asked = set()",
    "        fresh = not isinstance(given, Command)",
    ...stream,
    '            asked |= {each.id for each in update.get("__interrupt__", ())}',
    "            # What had finished before an answer was given is told again after it.",
    '            fresh = fresh or "__metadata__" not in update',
    "            if fresh:",
    '                path += [node for node in update if not node.startswith("__")]',
    "        state = await graph.aget_state(CONFIG)",
    ...resume,
    ...(stops === "none"
      ? ["        if not resume:", "            return path", "        given = Command(resume=resume)"]
      : [
          "        if resume:",
          "            given = Command(resume=resume)",
          "            continue",
          "        stops -= 1",
          "        if asked or not state.next or stops == 0:",
          "            return path",
          "        given = None",
        ]),
  ];
}

const editHelper = [
  "async def edit(graph, values):",
  '    """Changes the state where the run stands: what comes next stays."""',
  "    saver = graph.checkpointer",
  "    saved = await saver.aget_tuple(CONFIG)",
  "    checkpoint = saved.checkpoint",
  '    newest = max(checkpoint["channel_versions"].values())',
  "    versions = {key: saver.get_next_version(newest, None) for key in values}",
  '    checkpoint["channel_values"].update(values)',
  '    checkpoint["channel_versions"].update(versions)',
  '    parent = saved.parent_config or {"configurable": {"thread_id": "1", "checkpoint_ns": ""}}',
  "    await saver.aput(parent, checkpoint, saved.metadata, versions)",
];

// ----------------------------------------------------------------------------------------------- steps

function turn(act: Turn, functional: boolean): string[] {
  const { input, answers, path, stops, error } = act;
  const depth = error ? 2 : 1;
  const given = [
    input === undefined ? "None" : python(input, depth),
    python(Object.fromEntries(answers), depth),
    ...(stops > 0 ? [`stops=${stops}`] : []),
  ];
  const call = `await turn(graph, ${given.join(", ")})`;
  if (error) return failing(call, error);
  if (functional || path === undefined) return [`    ${call}`];
  const nodes = path.flat();
  return [
    `    path = ${call}`,
    ...(path.some((step) => step.length > 1)
      ? [
          "    # Nodes of one superstep finish in any order.",
          `    assert sorted(path) == ${python([...nodes].sort(), 1)}`,
        ]
      : [`    assert path == ${python(nodes, 1)}`]),
  ];
}

/** Exceptions that need no import. */
const builtin =
  /^(Arithmetic|Assertion|Attribute|Buffer|EOF|FileExists|FileNotFound|Import|Index|Key|Lookup|Memory|Name|NotImplemented|OS|Overflow|Permission|Recursion|Runtime|Timeout|Type|Value|ZeroDivision|Connection|ModuleNotFound|UnicodeDecode)Error$/;

function failing(call: string, { type, message, node }: ErrorInfo): string[] {
  const isKnown = builtin.test(type);
  const match = startOf(message);
  const raised = [
    isKnown ? type : "Exception",
    ...(match === "" ? [] : [`match=re.escape(${JSON.stringify(match)})`]),
  ];
  const tells = !isKnown && !["", "Exception"].includes(type);
  return [
    `    with pytest.raises(${raised.join(", ")})${tells ? " as failed" : ""}:`,
    `        ${call}`,
    ...(tells ? [`    assert type(failed.value).__name__ == ${python(type)}`] : []),
    ...(node === undefined ? [] : [`    assert ${python(node)} in (await graph.aget_state(CONFIG)).next`]),
  ];
}

function change(act: Change): string[] {
  switch (act.kind) {
    case "edit":
      return [`    await edit(graph, ${written(act.values)})`];
    case "update":
      return [`    await graph.aupdate_state(CONFIG, ${written(act.values)}, as_node=${python(act.asNode)})`];
    case "goto":
      return [
        `    # As ${one(act.asNode)}, which leads nowhere by itself.`,
        `    jump = Command(goto=${python([...act.nodes], 1)})`,
        `    await graph.aupdate_state(CONFIG, jump, as_node=${python(act.asNode)})`,
      ];
  }
}

function written(values: readonly Told[]): string {
  if (values.length === 0) return "None";
  if (values.every((each) => "value" in each)) return python(plainOf(values), 1);
  const items = values.map((each) => {
    const value =
      "value" in each
        ? python(each.value, 2)
        : `convert_to_messages(${python(
            each.messages.map(({ type, content, parts }) => ({ type, content, ...parts })),
            2,
          )})`;
    return `        ${python(each.key)}: ${value},`;
  });
  return ["{", ...items, "    }"].join("\n");
}

// ------------------------------------------------------------------------------------------- what came of it

function standing({ waiting, next, isWithin }: Standing): string[] {
  if (isWithin) {
    return [
      ...standing({ waiting, next, isWithin: false }),
      "    # By its own config, without what has finished beside that.",
      "    state = await graph.aget_state(state.config)",
    ];
  }
  if (waiting.length > 0) return [`    # It waits for an answer to ${waiting.map(one).join(" and ")}.`];
  if (next === undefined) return [];
  if (next.length === 0) return ["    assert state.next == ()"];
  return [`    assert sorted(state.next) == ${python([...next].sort(), 1)}`];
}

function state({ state: keys, functional }: Story): string[] {
  const plain = plainOf(keys);
  const rest: string[] = [];
  for (const each of keys) {
    if ("leftOut" in each) rest.push(`    # ${one(each.key)} is left out: ${each.leftOut}.`);
    else if ("messages" in each) {
      rest.push(
        `    messages = state.values[${python(each.key)}]`,
        `    assert [[each.type, each.content] for each in messages] == ${python(saidOf(each.messages), 1)}`,
      );
    }
  }
  if (Object.keys(plain).length === 0) return rest;
  if (functional) return [`    assert state.values == ${python(plain.__end__ ?? null, 1)}`];
  return [
    `    expected = ${python(plain, 1)}`,
    "    assert {key: state.values.get(key) for key in expected} == expected",
    ...rest,
  ];
}

function test({ name, variable, kind }: Source, isDirect: boolean): string[] {
  const graph = variable.includes(".") ? "made" : variable;
  const called =
    name
      .replaceAll(/\W+/g, "_")
      .replace(/^_+|_+$/g, "")
      .toLowerCase() || "graph";
  if (isDirect) {
    return [
      `def test_${called}(monkeypatch):`,
      `    monkeypatch.setattr(${graph}, "checkpointer", InMemorySaver())`,
      `    asyncio.run(run(${graph}))`,
    ];
  }
  if (kind === "builder")
    return [`def test_${called}():`, `    asyncio.run(run(${graph}.compile(checkpointer=InMemorySaver())))`];
  return [
    "async def make_and_run():",
    "    async with contextlib.AsyncExitStack() as opened:",
    `        made = ${graph}`,
    "        if inspect.isroutine(made):",
    "            made = made(CONFIG) if inspect.signature(made).parameters else made()",
    '        if hasattr(made, "__aenter__"):',
    "            made = await opened.enter_async_context(made)",
    '        elif hasattr(made, "__enter__"):',
    "            made = opened.enter_context(made)",
    "        elif inspect.isawaitable(made):",
    "            made = await made",
    '        made = made.compile() if hasattr(made, "compile") else made',
    "        made.checkpointer = InMemorySaver()",
    "        await run(made)",
    "",
    "",
    `def test_${called}():`,
    "    asyncio.run(make_and_run())",
  ];
}

/** Text in a comment. */
const one = (text: string): string => inOneLine(text).replaceAll(/["\\]/g, " ");
