/** Does slow jobs some places ahead of the test that needs them, so that every processor has work. */
import { availableParallelism } from "node:os";

export class Ahead<Result> {
  readonly #jobs: readonly (() => Promise<Result>)[];
  readonly #started: Promise<Result>[] = [];
  readonly #window: number;

  constructor(jobs: readonly (() => Promise<Result>)[], window = availableParallelism()) {
    this.#jobs = jobs;
    this.#window = window;
  }

  /** What job number `index` comes to. The jobs that follow it are started as well, up to the window. */
  get(index: number): Promise<Result> {
    for (let next = index; next < Math.min(index + this.#window, this.#jobs.length); next++)
      this.#start(next);
    return this.#start(index);
  }

  /** Resolves when every job that was started is over. */
  async idle(): Promise<void> {
    await Promise.allSettled(this.#started);
  }

  #start(index: number): Promise<Result> {
    const job = this.#jobs[index];
    if (!job) throw new RangeError(`There is no job ${index}`);
    const known = this.#started[index];
    if (known) return known;
    const started = job();
    // Its test reports a failure; until then nobody listens.
    started.catch(() => {});
    this.#started[index] = started;
    return started;
  }
}
