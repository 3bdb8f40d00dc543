// Random requests, good and bad, one after another and all at once: each is answered once, and the adapter lives on.
//
//     npm test -- dap                        the seed below, 10,000 requests
//     npm run fuzz -- 100000 7               100,000 requests of seed 7; a failure tells the seed of its session

import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Fixture, fixtures } from "../fixtures/fixtures.ts";
import { Client } from "./client.ts";
import { fixture, type Language, languages } from "./languages.ts";
import { randomRequests, send } from "./requests.ts";

const count = Number(process.env.LANGGRAPH_TEST_REQUESTS ?? 10_000);
const firstSeed = Number(process.env.LANGGRAPH_TEST_SEED ?? 1);
/** What a session is asked at most: the checkpoints that requests leave behind make later ones slower. */
const batch = 700;
const names = ["loop", "nested", "parallel_interrupts", "send_interrupts", "fan_out", "raises"];

describe("random requests", () => {
  let folder: string;
  const clients = new Set<Client>();
  /** Both languages at once: most of a session is waiting for the other side. */
  let running: Map<Language, Promise<number>>;

  before(() => {
    folder = mkdtempSync(join(tmpdir(), "langgraph-debug-random-"));
    running = new Map(
      languages.map((language) => [language, all(language, Math.ceil(count / languages.length))]),
    );
    // A failure is told by the language's own test.
    for (const each of running.values()) each.catch(() => undefined);
  });
  after(async () => {
    for (const client of clients) client.kill();
    await Promise.all([...clients].map((client) => client.exited));
    rmSync(folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 });
  });

  for (const language of languages) {
    it(`are all answered, once each, in ${language.name}, from seed ${firstSeed} on`, async function () {
      this.timeout(60_000 + count * 30);
      assert.ok(((await running.get(language)) ?? 0) >= count / languages.length);
    });
  }

  /** Sessions one after the other, until `wanted` requests were sent. */
  async function all(language: Language, wanted: number): Promise<number> {
    let sent = 0;
    for (let seed = firstSeed; sent < wanted; seed++) {
      const name = names[seed % names.length] as string;
      try {
        sent += await session(language, name, seed, Math.min(batch, wanted - sent));
      } catch (error) {
        throw new Error(`${language.name}, seed ${seed}, graph ${name}: ${(error as Error).message}`, {
          cause: error,
        });
      }
    }
    return sent;
  }

  async function session(language: Language, name: string, seed: number, requests: number): Promise<number> {
    const { program } = fixture(language, name);
    const { input } = fixtures.find((each) => each.name === name) as Fixture;
    const long = name === "loop" ? { count: 0, limit: 50 } : input;
    const client = await Client.start();
    clients.add(client);
    await client.launch({
      ...language.attributes,
      program,
      input: long as object as never,
      config: { recursion_limit: 1_000 },
      stopOnEntry: true,
      checkpoints: join(folder, `${language.name}-${seed}.sqlite`),
    });
    await staleFrameIsRefused(client);
    const list = randomRequests(seed, requests);
    // It takes as long as hundreds of others.
    if (seed % 4 === 0)
      list.splice(list.length / 2, 0, { command: "langgraph/reload", args: {}, atOnce: false });
    const sent = await send(client, list, { program, input: long });
    assert.ok(Array.isArray(await client.threads()));
    await client.close();
    clients.delete(client);
    return sent;
  }
});

/** A frame of the stop before, asked for at the next. */
async function staleFrameIsRefused(client: Client): Promise<void> {
  const [frame] = await client.frames();
  assert.ok(frame);
  await client.go("next");
  await assert.rejects(client.scopes(frame.id));
}
