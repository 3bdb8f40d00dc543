// A story as a test for vitest.

import type { Json } from "../../model/json.ts";
import { typescript } from "./literals.ts";
import type { Source } from "./source.ts";
import type { Story, Turn } from "./story.ts";

export function vitest(story: Story, source: Source): string {
  const { config, context, variable, program = "" } = source;
  const settings = {
    ...ownNames(config),
    configurable: { ...(config.configurable as object), thread_id: "1" },
    ...(context !== undefined && { context }),
  };
  const name = variable === "default" ? "graph" : variable;
  const found = source.kind === "compiled" || source.kind === "entrypoint" ? name : "made";
  const path = program.startsWith("/") || /^[A-Za-z]:/.test(program) ? program : `./${program}`;
  const lines = [
    `// What thread ${one(story.threadId)} did, with its input and the answers that it was given.`,
    "// Made by the LangGraph debugger. It belongs into the workspace folder; elsewhere, mend the path of the graph.",
    'import { Command, MemorySaver } from "@langchain/langgraph";',
    'import { expect, test } from "vitest";',
    variable === "default"
      ? `import ${name} from ${JSON.stringify(path)};`
      : `import { ${name} } from ${JSON.stringify(path)};`,
    ...make(source, name),
    "",
    `const config = ${typescript(settings)};`,
    "",
    "/** Runs until no answer is left. Returns the nodes in the order in which they finished. */",
    "async function turn(input: unknown, answers: Record<string, unknown[]>): Promise<string[]> {",
    "  const path: string[] = [];",
    "  for (let given: unknown = input; given !== undefined; ) {",
    "    const asked = new Set<unknown>();",
    `    for await (const update of await ${found}.stream(given as never, { ...config, streamMode: "updates" })) {`,
    "      const { __interrupt__, __metadata__, ...nodes } = update as Record<string, any>;",
    "      for (const { id } of __interrupt__ ?? []) asked.add(id);",
    "      // What had finished before an answer was given is told again after it.",
    "      const again = given instanceof Command && __metadata__?.cached;",
    "      if (!again) path.push(...Object.keys(nodes));",
    "    }",
    "    const resume: Record<string, unknown> = {};",
    `    for (const task of (await ${found}.getState(config)).tasks) {`,
    "      for (const { id } of task.interrupts) {",
    "        const [answer] = asked.has(id) ? (answers[task.name]?.splice(0, 1) ?? []) : [];",
    "        if (id !== undefined && answer !== undefined) resume[id] = answer;",
    "      }",
    "    }",
    "    given = Object.keys(resume).length > 0 ? new Command({ resume }) : undefined;",
    "  }",
    "  return path;",
    "}",
    "",
    `test(${JSON.stringify(`${source.name} does what thread ${story.threadId} did`)}, async () => {`,
    `  ${found}.checkpointer = new MemorySaver();`,
    ...story.turns.flatMap((each, index) => turn(each, index, story.functional)),
    `  const state = await ${found}.getState(config);`,
    ...(story.waiting.length === 0
      ? ["  expect(state.next).toEqual([]);"]
      : [`  // It waits for an answer to ${story.waiting.map(one).join(" and ")}.`]),
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
  if (kind === "factory") return ["", `const made = await ${name}({});`];
  return [];
}

function turn({ input, answers, path }: Turn, index: number, functional: boolean): string[] {
  const nodes = path.flat();
  const parallel = path.some((step) => step.length > 1);
  const called = `path${index === 0 ? "" : index + 1}`;
  const call = `await turn(${typescript(input, 1)}, ${typescript(Object.fromEntries(answers), 1)})`;
  if (functional) return [`  ${call};`];
  return [
    `  const ${called} = ${call};`,
    ...(parallel
      ? [
          "  // Nodes of one superstep finish in any order.",
          `  expect(${called}.sort()).toEqual(${typescript([...nodes].sort(), 1)});`,
        ]
      : [`  expect(${called}).toEqual(${typescript(nodes, 1)});`]),
  ];
}

function values({ state: keys, functional }: Story): string[] {
  const plain: { [key: string]: Json } = {};
  const rest: string[] = [];
  for (const each of keys) {
    if ("value" in each) plain[each.key] = each.value;
    else if ("leftOut" in each) rest.push(`  // ${one(each.key)} is left out: ${each.leftOut}.`);
    else {
      const said = each.messages.map(({ type, content }) => [type, content] as Json[]);
      const messages = `(state.values[${JSON.stringify(each.key)}] as any[])`;
      rest.push(
        `  expect(${messages}.map((each) => [each.getType(), each.content])).toEqual(${typescript(said, 1)});`,
      );
    }
  }
  if (functional && plain.__end__ !== undefined)
    return [`  expect(state.values).toEqual(${typescript(plain.__end__, 1)});`];
  return Object.keys(plain).length === 0
    ? rest
    : [`  expect(state.values).toMatchObject(${typescript(plain, 1)});`, ...rest];
}

/** Text in a comment. */
const one = (text: string): string => text.replaceAll(/\s+/g, " ");
