/**
 * The runtimes of a `describe`: one process for each fixture, which its tests use one after the other, each with a thread
 * that nothing was run on; or a process of the test's own.
 *
 *   const drivers = Drivers.in(runtime);
 *   const driver = await drivers.share("linear");
 *   const other = await drivers.own("linear", { checkpoints });
 */
import { Driver, type DriverOptions, Refused } from "./driver.ts";
import type { Runtime } from "./runtimes.ts";

export class Drivers {
  readonly #runtime: Runtime;
  readonly #idle = new Map<string, Driver>();
  readonly #lent = new Map<string, Driver>();
  readonly #own: Driver[] = [];
  #threads = 0;

  private constructor(runtime: Runtime) {
    this.#runtime = runtime;
  }

  /** Call within `describe`: clears away after each test, and shuts down after the last. */
  static in(runtime: Runtime): Drivers {
    const drivers = new Drivers(runtime);
    afterEach(async function () {
      await drivers.#takeBack(this.currentTest?.state === "passed");
    });
    after(() => Promise.all([...drivers.#idle.values()].map((driver) => driver.close())));
    return drivers;
  }

  /** For graphs whose modules keep no state of their own. In one test too each call gives another thread. */
  async share(fixture: string): Promise<Driver> {
    const lent = this.#lent.get(fixture);
    if (lent) await clear(lent);
    const driver = lent ?? this.#idle.get(fixture) ?? (await Driver.load(this.#runtime, fixture));
    this.#idle.delete(fixture);
    this.#lent.set(fixture, driver);
    this.#threads += 1;
    driver.threadId = `thread-${this.#threads}`;
    return driver;
  }

  /** A process of its own, killed at the end of the test. */
  async own(fixture: string, options: DriverOptions = {}): Promise<Driver> {
    const driver = await Driver.load(this.#runtime, fixture, options);
    this.#own.push(driver);
    return driver;
  }

  async #takeBack(passed: boolean): Promise<void> {
    for (const driver of this.#own.splice(0)) await driver.kill();
    for (const [fixture, driver] of this.#lent) {
      if (passed && driver.process.exitCode === null) {
        await clear(driver);
        this.#idle.set(fixture, driver);
      } else {
        await driver.kill();
      }
    }
    this.#lent.clear();
  }
}

/** Ends the run that a test has left. */
async function clear(driver: Driver): Promise<void> {
  await driver.request("cancel", {}).catch((error: unknown) => {
    if (!(error instanceof Refused)) throw error;
  });
  await driver.breakpoints();
  driver.forget();
}
