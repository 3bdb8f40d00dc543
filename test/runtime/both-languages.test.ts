/** Contract of both runtimes together: a checkpoint file in which both have threads. */
import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Driver, interrupts } from "./driver.ts";
import { fixture, runtimes } from "./runtimes.ts";

const [first, second] = runtimes;
if (first !== undefined && second !== undefined) {
  describe("a checkpoint file of both languages", () => {
    let folder: string;
    let drivers: Driver[] = [];
    before(() => {
      folder = mkdtempSync(join(tmpdir(), "langgraph-file-"));
    });
    after(async () => {
      for (const driver of drivers) await driver.kill();
      rmSync(folder, { recursive: true, force: true });
    });

    it("is told alike by both where things were sent to nodes that ask", async () => {
      const file = join(folder, "sends.sqlite");
      drivers = await Promise.all(
        runtimes.map((each) => Driver.load(each, "send_interrupts", { checkpoints: file })),
      );
      for (const driver of drivers) {
        driver.threadId = driver.runtime.language;
        const { position } = await driver.run({ input: { names: ["a", "b"] } });
        const [one] = interrupts(position.root);
        await driver.run({ resume: { [one?.id ?? ""]: "yes" } });
      }
      const [one, other] = await Promise.all(
        drivers.map(async (each) => ({
          threads: (await each.request("threads", { file })).threads,
          timelines: await Promise.all(
            runtimes.map(async ({ language: threadId }) => {
              const about = { file, threadId, namespace: "", limit: 100 };
              return (await each.request("timeline", about)).entries;
            }),
          ),
        })),
      );
      assert.deepEqual(one, other);
      for (const { status, at } of one?.threads ?? []) assert.deepEqual([status, ...at], ["waiting", "job"]);
      for (const entries of one?.timelines ?? []) {
        const plan = entries.flatMap(({ tasks }) => tasks).find(({ node }) => node === "plan");
        assert.deepEqual(plan?.to, ["job"]);
      }
      for (const driver of drivers) await driver.close();
    });

    it("is told, changed and exchanged alike by both", async () => {
      const file = join(folder, "checkpoints.sqlite");
      drivers = [
        await Driver.load(first, "cached", { checkpoints: file }),
        await Driver.load(second, "cached", { checkpoints: file }),
      ];
      const exported: string[] = [];
      for (const driver of drivers) {
        const threadId = `of ${driver.runtime.language}`;
        driver.threadId = threadId;
        await driver.run({ input: fixture("cached").input });
        await driver.request("edit", { threadId, namespace: "", path: ["number"], expression: "8" });
        const { live } = await driver.request("timeline", { file, threadId, namespace: "", limit: 1 });
        const at = { file, threadId, namespace: "", checkpointId: live ?? "" };
        await driver.request("annotate", { ...at, name: "édité", note: "n" });
        const told = await Promise.all(
          drivers.map(async (each, index) => {
            const to = join(folder, `${index}.json`);
            await each.request("exportThread", { file, threadId, to });
            return {
              timeline: await each.request("timeline", { file, threadId, namespace: "", limit: 100 }),
              keys: await each.request("keyHistory", { ...at, limit: 100 }),
              threads: (await each.request("threads", { file })).threads,
              exported: JSON.parse(readFileSync(to, "utf8")) as unknown,
            };
          }),
        );
        assert.deepEqual(told[0], told[1]);
        assert.equal(told[0]?.timeline.entries.length, 8);
        exported.push(threadId);
      }
      // Each takes what the other has written.
      for (const [index, driver] of drivers.entries()) {
        const from = join(folder, `${1 - index}.json`);
        const { threadId } = await driver.request("importThread", { file, from });
        assert.equal(threadId, `${exported[1]}-${2 * index + 2}`);
        const { threadId: copy } = await driver.request("copyThread", {
          file,
          threadId: exported[1 - index] ?? "",
        });
        const { deleted } = await driver.request("deleteThread", { file, threadId: copy });
        const other = drivers[1 - index] ?? assert.fail();
        assert.equal((await other.request("restoreThread", { file, deleted })).threadId, copy);
      }
    });
  });
}
