/** Sessions that stand at the end of a thread. */
import { join } from "node:path";
import type { LaunchAttributes } from "../../../src/protocol/dap.ts";
import { Client } from "../../dap/client.ts";
import { fixture, type Language } from "../../dap/languages.ts";
import { adapter } from "./measure.ts";

export async function atEnd(attributes: LaunchAttributes): Promise<Client> {
  const client = await Client.start(adapter);
  await client.launch({ ...attributes, stopOnEnd: true });
  return client;
}

/** At the end of a thread of so many steps, in a process that has read nothing of it. */
export async function longThread(language: Language, folder: string, steps: number): Promise<Client> {
  const attributes = {
    ...language.attributes,
    program: fixture(language, "loop").program,
    checkpoints: join(folder, "timeline.sqlite"),
    threadId: "long",
    config: { recursion_limit: steps + 10 },
  };
  const run = await atEnd({ ...attributes, input: { count: 0, limit: steps } });
  await run.close();
  return atEnd(attributes);
}
