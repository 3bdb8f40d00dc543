/** Contract of both runtimes: conditions on the exception filters. */
import assert from "node:assert/strict";
import type { ExceptionFilter, StoppedEvent } from "../../src/protocol/runtime.ts";
import { type Driver, shape } from "./driver.ts";
import { Drivers } from "./drivers.ts";
import { runtimes } from "./runtimes.ts";

for (const runtime of runtimes) {
  describe(`${runtime.language}: conditions of exception filters`, () => {
    let driver: Driver;
    const drivers = Drivers.in(runtime);

    const isPython = runtime.language === "python";
    const same = isPython ? "==" : "===";
    const size = (key: string): string => (isPython ? `len(${key})` : `${key}.length`);
    const says = (text: string): string =>
      isPython ? `${JSON.stringify(text)} in str(error)` : `error.message.includes(${JSON.stringify(text)})`;

    async function run(
      name: string,
      input: { [key: string]: string | string[] },
      ...exceptions: ExceptionFilter[]
    ): Promise<StoppedEvent> {
      // These count in their modules what they have done, or are warned of once.
      const hasMemory = name === "retry" || name === "swallowed_interrupt";
      driver = await (hasMemory ? drivers.own(name) : drivers.share(name));
      await driver.breakpoints({ exceptions });
      return driver.run({ input });
    }
    const raises = (condition: string): Promise<StoppedEvent> =>
      run("raises", { log: [] }, { filter: "raised", condition });

    describe("raised", () => {
      it("stops when it is true of the error", async () => {
        const stopped = await raises(says("cannot share"));
        assert.equal(stopped.reason, "exception");
        assert.equal(stopped.position.error?.node, "divide");
      });

      it("ends the run with the error when it is false, as if the filter were off", async () => {
        const stopped = await raises(says("something else"));
        assert.equal(stopped.reason, "end");
        assert.equal(stopped.position.error?.node, "divide");
        assert.equal(shape(stopped.position.root), "divide:failed");
        await driver.breakpoints({ exceptions: [] });
        assert.equal((await driver.run()).reason, "end");
      });

      it("decides on the node, the step and the state", async () => {
        const here = `node ${same} "divide"`;
        assert.equal((await raises(here)).reason, "exception");
        assert.equal((await raises(`node ${same} "begin"`)).reason, "end");
        assert.equal((await raises(`step ${same} 2`)).reason, "exception");
        assert.equal((await raises(`${size("log")} ${same} 1`)).reason, "exception");
        assert.equal((await raises(`${size("log")} ${same} 7`)).reason, "end");
      });

      it("counts one that raises as true", async () => {
        assert.equal((await raises(runtime.say.raises)).reason, "exception");
      });
    });

    it("retried: stops only at the attempts that it is true of", async () => {
      const condition = says("attempt 2");
      const stopped = await run("retry", { text: "" }, { filter: "retried", condition });
      assert.equal(stopped.reason, "exception");
      assert.match(stopped.position.error?.message ?? "", /attempt 2 failed/);
      assert.equal((await driver.run()).reason, "end");
    });

    it("swallowed: stops only where it is true, and warns in any case", async () => {
      const stopped = await run(
        "swallowed_interrupt",
        {},
        { filter: "swallowed", condition: `node ${same} "ask"` },
      );
      assert.equal(stopped.reason, "exception");
      const ended = await run(
        "swallowed_interrupt",
        {},
        { filter: "swallowed", condition: `node ${same} "report"` },
      );
      assert.equal(ended.reason, "end");
      assert.equal(driver.all("message").filter(({ kind }) => kind === "warning").length, 1);
    });
  });
}
