// A story as a test for vitest.

import type { Json } from "../../model/json.ts";
import type { ErrorInfo } from "../../protocol/runtime.ts";
import type { Change } from "./changes.ts";
import type { Told } from "./expected.ts";
import { typescript } from "./literals.ts";
import type { Source } from "./source.ts";
import type { Standing, Story, Turn } from "./story.ts";
import { inOneLine, type Needs, needsOf, plainOf, saidOf, startOf } from "./text.ts";

export function vitest(story: Story, source: Source): string {
  const { config, context, variable, program = "" } = source;
  const settings = {
    ...ownNames(config),
    configurable: { ...(config.configurable as object), thread_id: "1" },
    ...(context !== undefined && { context }),
  };
  const needs = needsOf(story, source);
  const name = variable === "default" ? "graph" : variable;
  const isDirect = source.kind === "compiled" || source.kind === "entrypoint";
  const found = isDirect ? name : "made";
  const path = program.startsWith("/") || /^[A-Za-z]:/.test(program) ? program : `./${program}`;
  const lines = [
    `// What thread ${inOneLine(story.threadId)} did, with its input and the answers that it was given.`,
    "// Made by the LangGraph debugger. It belongs into the workspace folder; elsewhere, mend the path of the graph.",
    ...(needs.messages ? ['import { coerceMessageLikeToMessage } from "@langchain/core/messages";'] : []),
    'import { Command, MemorySaver } from "@langchain/langgraph";',
    'import { expect, test } from "vitest";',
    variable === "default"
      ? `import ${name} from ${JSON.stringify(path)};`
      : `import { ${name} } from ${JSON.stringify(path)};`,
    "",
    `const config = ${typescript(settings)};`,
    ...make(source, name),
    "",
    ...turnHelper(found, needs),
    "",
    ...(needs.edits ? [...editHelper(found), ""] : []),
    `test(${JSON.stringify(`${source.name} does what thread ${story.threadId} did`)}, async () => {`,
    `  ${found}.checkpointer = new MemorySaver();`,
    ...acts(story, found),
    `  ${story.isWithin ? "let" : "const"} state = await ${found}.getState(config);`,
    ...standing(story, found),
    ...values(story),
    "});",
  ];
  return `${lines.join("\n")}\n`;
}

/** A run's configuration may be written as in Python. */
function ownNames(config: Source["config"]): { [key: string]: Json } {
  const names: { [name: string]: string } = {
    recursion_limit: "recursionLimit",
    max_concurrency: "maxConcurrency",
    run_name: "runName",
  };
  return Object.fromEntries(Object.entries(config).map(([name, value]) => [names[name] ?? name, value]));
}

function make({ kind }: Source, name: string): string[] {
  if (kind === "builder") return ["", `const made = ${name}.compile();`];
  if (kind === "agent") return ["", `const made = ${name}.graph;`];
  if (kind === "factory" || kind === "unknown") {
    return [
      "",
      "/** The graph, however the module gives it. */",
      "async function opened(given: any): Promise<any> {",
      '  const made = await (typeof given === "function" && !given.invoke ? given(config) : given);',
      '  if (typeof made.compile === "function") return made.compile();',
      '  return typeof made.getState === "function" ? made : made.graph;',
      "}",
      `const made = await opened(${name});`,
    ];
  }
  return [];
}

// ------------------------------------------------------------------------------------------- functions

function turnHelper(graph: string, { stops }: Needs): string[] {
  const options = ["...config", 'streamMode: "updates"'];
  if (stops === "limited") options.push('interruptBefore: stops > 0 ? "*" : undefined');
  return [
    stops === "none"
      ? "/** Runs until no answer is left. Returns the nodes in the order in which they finished. */"
      : "/** Runs until no answer is left, or up to the stop of this number before a superstep. Returns the nodes in order. */",
    stops === "none"
      ? "async function turn(input: unknown, answers: Record<string, unknown[]>): Promise<string[]> {"
      : "async function turn(input: unknown, answers: Record<string, unknown[]>, stops = 0): Promise<string[]> {",
    "  const path: string[] = [];",
    "  for (let given: any = input; ; ) {",
    "    const asked = new Set<unknown>();",
    "    let fresh = !(given instanceof Command);",
    `    const options: any = { ${options.join(", ")} };`,
    `    for await (const update of await ${graph}.stream(given, options)) {`,
    "      const { __interrupt__, __metadata__, ...nodes } = update as Record<string, any>;",
    "      for (const { id } of __interrupt__ ?? []) asked.add(id);",
    "      // What had finished before an answer was given is told again after it.",
    "      fresh ||= !__metadata__?.cached;",
    "      if (fresh) path.push(...Object.keys(nodes));",
    "    }",
    `    const state = await ${graph}.getState(config);`,
    "    const resume: Record<string, unknown> = {};",
    "    for (const task of state.tasks) {",
    "      for (const { id } of task.interrupts) {",
    "        const [answer] = asked.has(id) ? (answers[task.name]?.splice(0, 1) ?? []) : [];",
    "        if (id !== undefined && answer !== undefined) resume[id] = answer;",
    "      }",
    "    }",
    ...(stops === "none"
      ? ["    if (Object.keys(resume).length === 0) return path;", "    given = new Command({ resume });"]
      : [
          "    if (Object.keys(resume).length > 0) {",
          "      given = new Command({ resume });",
          "      continue;",
          "    }",
          "    stops -= 1;",
          "    if (asked.size > 0 || state.next.length === 0 || stops === 0) return path;",
          "    given = null;",
        ]),
    "  }",
    "}",
  ];
}

const editHelper = (graph: string): string[] => [
  "/** Changes the state where the run stands: what comes next stays. */",
  "async function edit(values: Record<string, unknown>): Promise<void> {",
  `  const saver = ${graph}.checkpointer as MemorySaver;`,
  "  const { checkpoint, metadata, parentConfig }: any = await saver.getTuple(config);",
  "  const newest = Math.max(...(Object.values(checkpoint.channel_versions) as number[]));",
  "  const versions = Object.fromEntries(Object.keys(values).map((key) => [key, saver.getNextVersion(newest)]));",
  "  Object.assign(checkpoint.channel_values, values);",
  "  Object.assign(checkpoint.channel_versions, versions);",
  '  const parent = parentConfig ?? { configurable: { thread_id: "1", checkpoint_ns: "" } };',
  "  await saver.put(parent, checkpoint, metadata, versions);",
  "}",
];

// ----------------------------------------------------------------------------------------------- steps

function acts(story: Story, graph: string): string[] {
  let turns = 0;
  return story.acts.flatMap((act) => {
    if (act.kind !== "turn") return change(act, graph);
    const lines = turn(act, turns, story.functional, graph);
    turns += 1;
    return lines;
  });
}

function turn(act: Turn, index: number, functional: boolean, graph: string): string[] {
  const { input, answers, path, stops, error } = act;
  const given = [
    input === undefined ? "null" : typescript(input, 1),
    typescript(Object.fromEntries(answers), 1),
    ...(stops > 0 ? [String(stops)] : []),
  ];
  const call = `turn(${given.join(", ")})`;
  if (error) return failing(call, error, graph, `failed${index === 0 ? "" : index + 1}`);
  if (functional || path === undefined) return [`  await ${call};`];
  const called = `path${index === 0 ? "" : index + 1}`;
  const nodes = path.flat();
  return [
    `  const ${called} = await ${call};`,
    ...(path.some((step) => step.length > 1)
      ? [
          "  // Nodes of one superstep finish in any order.",
          `  expect(${called}.sort()).toEqual(${typescript([...nodes].sort(), 1)});`,
        ]
      : [`  expect(${called}).toEqual(${typescript(nodes, 1)});`]),
  ];
}

function failing(call: string, { type, message, node }: ErrorInfo, graph: string, name: string): string[] {
  const expected = [
    ...(type === "" ? [`expect(${name}).toBeDefined();`] : []),
    ...(type === "" || type === "Error"
      ? []
      : [`expect([${name}.name, ${name}.constructor.name]).toContain(${JSON.stringify(type)});`]),
    ...(message === "" ? [] : [`expect(${name}.message).toContain(${JSON.stringify(startOf(message))});`]),
    ...(node === undefined
      ? []
      : [`expect((await ${graph}.getState(config)).next).toContain(${JSON.stringify(node)});`]),
  ];
  return [
    `  const ${name}: any = await ${call}.then(`,
    "    () => undefined,",
    "    (error) => error,",
    "  );",
    ...expected.map((line) => `  ${line}`),
  ];
}

function change(act: Change, graph: string): string[] {
  switch (act.kind) {
    case "edit":
      return [`  await edit(${written(act.values)});`];
    case "update":
      return [`  await ${graph}.updateState(config, ${written(act.values)}, ${JSON.stringify(act.asNode)});`];
    case "goto":
      return [
        `  // As ${inOneLine(act.asNode)}, which leads nowhere by itself.`,
        `  await ${graph}.updateState(config, new Command({ goto: ${typescript([...act.nodes], 1)} }), ${JSON.stringify(act.asNode)});`,
      ];
  }
}

function written(told: readonly Told[]): string {
  if (told.length === 0) return "null";
  if (told.every((each) => "value" in each)) return typescript(plainOf(told), 1);
  const items = told.map((each) => {
    const value =
      "value" in each
        ? typescript(each.value, 2)
        : `${typescript(
            each.messages.map(({ type, content, parts }) => ({ type, content, ...parts })),
            2,
          )}.map((each: any) => coerceMessageLikeToMessage(each))`;
    return `    ${JSON.stringify(each.key)}: ${value},`;
  });
  return ["{", ...items, "  }"].join("\n");
}

// ------------------------------------------------------------------------------------------- what came of it

function standing({ waiting, next, isWithin }: Standing, graph: string): string[] {
  if (isWithin) {
    return [
      ...standing({ waiting, next, isWithin: false }, graph),
      "  // By its own config, without what has finished beside that.",
      `  state = await ${graph}.getState(state.config);`,
    ];
  }
  if (waiting.length > 0) return [`  // It waits for an answer to ${waiting.map(inOneLine).join(" and ")}.`];
  if (next === undefined) return [];
  if (next.length === 0) return ["  expect(state.next).toEqual([]);"];
  return [`  expect([...state.next].sort()).toEqual(${typescript([...next].sort(), 1)});`];
}

function values({ state: keys, functional }: Story): string[] {
  const plain = plainOf(keys);
  const rest: string[] = [];
  for (const each of keys) {
    if ("leftOut" in each) rest.push(`  // ${inOneLine(each.key)} is left out: ${each.leftOut}.`);
    else if ("messages" in each) {
      const messages = `(state.values[${JSON.stringify(each.key)}] as any[])`;
      rest.push(
        `  expect(${messages}.map((each) => [each.getType(), each.content])).toEqual(${typescript(saidOf(each.messages), 1)});`,
      );
    }
  }
  if (functional && plain.__end__ !== undefined)
    return [`  expect(state.values).toEqual(${typescript(plain.__end__, 1)});`];
  return Object.keys(plain).length === 0
    ? rest
    : [`  expect(state.values).toMatchObject(${typescript(plain, 1)});`, ...rest];
}
