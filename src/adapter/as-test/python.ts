// A story as a test for pytest.

import type { Json } from "../../model/json.ts";
import { python } from "./literals.ts";
import type { Source } from "./source.ts";
import type { Story, Turn } from "./story.ts";

export function pytest(story: Story, source: Source): string {
  const config = {
    ...source.config,
    configurable: { ...(source.config.configurable as object), thread_id: "1" },
  };
  const context = source.context === undefined ? "" : `, context=${python(source.context)}`;
  const lines = [
    `"""What thread ${one(story.threadId)} did, with its input and the answers that it was given.`,
    "",
    "Made by the LangGraph debugger. Run it with pytest in the workspace folder.",
    '"""',
    "",
    "import asyncio",
    ...(source.kind === "factory" ? ["import inspect"] : []),
    "import sys",
    "",
    "from langgraph.checkpoint.memory import InMemorySaver",
    "from langgraph.types import Command",
    "",
    `sys.path[:0] = ${python([...source.folders])}`,
    "",
    ...imports(source),
    "",
    "",
    "async def turn(graph, config, given, answers):",
    '    """Runs until no answer is left. Returns the nodes in the order in which they finished."""',
    "    path = []",
    "    while given is not None:",
    "        asked = set()",
    `        async for update in graph.astream(given, config, stream_mode="updates"${context}):`,
    '            asked |= {each.id for each in update.get("__interrupt__", ())}',
    "            # What had finished before an answer was given is told again after it.",
    '            again = isinstance(given, Command) and "__metadata__" in update',
    "            if not again:",
    '                path += [node for node in update if not node.startswith("__")]',
    "        resume = {",
    "            each.id: answers[task.name].pop(0)",
    "            for task in (await graph.aget_state(config)).tasks",
    "            for each in task.interrupts",
    "            if each.id in asked and answers.get(task.name)",
    "        }",
    "        given = Command(resume=resume) if resume else None",
    "    return path",
    "",
    "",
    "async def run(graph):",
    `    config = ${python(config, 1)}`,
    ...story.turns.flatMap((each) => turn(each, story.functional)),
    "    state = await graph.aget_state(config)",
    ...(story.waiting.length === 0
      ? ["    assert state.next == ()"]
      : [`    # It waits for an answer to ${story.waiting.map(one).join(" and ")}.`]),
    ...state(story),
    "",
    "",
    ...test(source),
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

function turn({ input, answers, path }: Turn, functional: boolean): string[] {
  const given = python(Object.fromEntries(answers), 1);
  const nodes = path.flat();
  const parallel = path.some((step) => step.length > 1);
  const call = `await turn(graph, config, ${python(input, 1)}, ${given})`;
  if (functional) return [`    ${call}`];
  return [
    `    path = ${call}`,
    ...(parallel
      ? [
          "    # Nodes of one superstep finish in any order.",
          `    assert sorted(path) == ${python([...nodes].sort(), 1)}`,
        ]
      : [`    assert path == ${python(nodes, 1)}`]),
  ];
}

function state({ state: keys, functional }: Story): string[] {
  const plain: { [key: string]: Json } = {};
  const rest: string[] = [];
  for (const each of keys) {
    if ("value" in each) plain[each.key] = each.value;
    else if ("leftOut" in each) rest.push(`    # ${one(each.key)} is left out: ${each.leftOut}.`);
    else {
      const said = each.messages.map(({ type, content }) => [type, content] as Json[]);
      rest.push(
        `    messages = state.values[${python(each.key)}]`,
        `    assert [[each.type, each.content] for each in messages] == ${python(said, 1)}`,
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

function test({ name, variable, kind }: Source): string[] {
  const graph = variable.includes(".") ? "made" : variable;
  const called =
    name
      .replaceAll(/\W+/g, "_")
      .replace(/^_+|_+$/g, "")
      .toLowerCase() || "graph";
  if (kind === "builder")
    return [`def test_${called}():`, `    asyncio.run(run(${graph}.compile(checkpointer=InMemorySaver())))`];
  if (kind === "factory") {
    return [
      "async def make():",
      `    made = ${graph}({}) if inspect.signature(${graph}).parameters else ${graph}()`,
      "    made = await made if inspect.isawaitable(made) else made",
      '    made = made.compile() if hasattr(made, "compile") else made',
      "    made.checkpointer = InMemorySaver()",
      "    return made",
      "",
      "",
      "async def made_and_run():",
      "    await run(await make())",
      "",
      "",
      `def test_${called}():`,
      "    asyncio.run(made_and_run())",
    ];
  }
  return [
    `def test_${called}(monkeypatch):`,
    `    monkeypatch.setattr(${graph}, "checkpointer", InMemorySaver())`,
    `    asyncio.run(run(${graph}))`,
  ];
}

/** Text in a comment. */
const one = (text: string): string => text.replaceAll(/[\s"\\]+/g, " ");
