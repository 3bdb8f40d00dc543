// What a client is shown at each stop of each example, compared with the texts in test/golden, one for each example.
//
//     LANGGRAPH_TEST_GOLDEN=write npm test -- dap        writes them anew; read the difference before you commit it

import assert from "node:assert/strict";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { InterruptsBody, LaunchAttributes } from "../../src/protocol/dap.ts";
import { Answers } from "../fidelity/answers.ts";
import { fixtures } from "../fixtures/fixtures.ts";
import type { Client, StoppedBody } from "./client.ts";
import { Bench, languages } from "./languages.ts";
import { transcript } from "./transcript.ts";

const golden = join(import.meta.dirname, "..", "golden");
const examples = join(import.meta.dirname, "..", "..", "examples");
const writes = process.env.LANGGRAPH_TEST_GOLDEN === "write";

for (const language of languages) {
  describe(`what is shown in ${language.name}`, () => {
    const bench = Bench.in(language);

    for (const fixture of fixtures.filter(({ name }) => name.startsWith("example_"))) {
      const example = fixture.name.replace("example_", "");
      const name = `${example}.${language.name.toLowerCase()}.txt`;

      it(`${name}`, async () => {
        const client = await bench.alone();
        const program =
          language.name === "Python"
            ? join(examples, "python", `${example}.py`)
            : join(examples, "typescript", `${example.replaceAll("_", "-")}.ts`);
        await client.request("setFunctionBreakpoints", { breakpoints: [{ name: "*" }] });
        const answers = new Answers(fixture);
        let stop = await client.launch({
          ...(JSON.parse(JSON.stringify({ input: fixture.input })) as LaunchAttributes),
          ...language.attributes,
          nodeArgs: [],
          program,
          threadId: "golden",
          checkpoints: join(bench.folder, "checkpoints.sqlite"),
        });
        const texts = [await transcript(client, stop)];
        while (stop.reason !== "end") {
          stop = stop.reason === "interrupt" ? await answer(client, answers) : await client.go("continue");
          texts.push(await transcript(client, stop));
        }
        await client.close();
        compare(name, texts.join("\n"));
      });
    }
  });
}

async function answer(client: Client, answers: Answers): Promise<StoppedBody> {
  const { interrupts } = await client.request<InterruptsBody>("langgraph/interrupts", {});
  return client.go("langgraph/resume", { answers: answers.for(interrupts) });
}

function compare(name: string, text: string): void {
  const file = join(golden, name);
  if (writes) {
    mkdirSync(golden, { recursive: true });
    writeFileSync(file, text);
    return;
  }
  assert.equal(
    text,
    readFileSync(file, "utf8"),
    `not as in test/golden/${name}; LANGGRAPH_TEST_GOLDEN=write writes it anew`,
  );
}
