// All breakpoints of a session: each knows whether it is bound, and if not, why; and what the runtime is told of them.

import type { DebugProtocol } from "@vscode/debugprotocol";
import type { GraphModel } from "../model/graph.ts";
import type { SourceLine } from "../model/source.ts";
import type { NodeBreakpoint, SetBreakpointsParams } from "../protocol/runtime.ts";
import { type Analysis, functionsOf } from "./analysis.ts";
import {
  type BreakpointMode,
  type NodeTarget,
  runningTargetAt,
  samePath,
  staticTargetIn,
  type Target,
  targetsNamed,
} from "./breakpoint-targets.ts";
import type { Client } from "./client.ts";
import { type DataKey, dataKeyOf, whyNoData } from "./data-breakpoints.ts";
import { exceptionFilters } from "./exception-filters.ts";
import { type FunctionLines, withLines } from "./graphs.ts";

interface Common {
  readonly id: number;
  readonly condition: string | undefined;
  readonly hitCondition: string | undefined;
  readonly logMessage: string | undefined;
  /** What the client was told last. */
  told: DebugProtocol.Breakpoint;
}
interface SourceBreakpoint extends Common {
  readonly kind: "source";
  readonly path: string;
  readonly line: number;
  readonly mode: BreakpointMode | undefined;
  target: Target | undefined;
}
interface FunctionBreakpoint extends Common {
  readonly kind: "function";
  readonly name: string;
  targets: NodeTarget[];
}
interface DataBreakpointSet extends Common {
  readonly kind: "data";
  readonly dataId: string;
  /** Undefined for an id that is none of ours. */
  readonly data: DataKey | undefined;
}
type Breakpoint = SourceBreakpoint | FunctionBreakpoint | DataBreakpointSet;

export class Breakpoints {
  readonly #client: Client;
  readonly #analysis: Analysis;
  #source: SourceBreakpoint[] = [];
  #functions: FunctionBreakpoint[] = [];
  #data: DataBreakpointSet[] = [];
  /** Exception filters that are on, with their conditions. */
  #filters = new Map<string, string | undefined>(
    exceptionFilters.filter((filter) => filter.default).map((filter) => [filter.filter, undefined]),
  );
  /** Keys of each graph's state, as far as they are known. */
  #keys = new Map<string, readonly string[]>();
  /** The running program's graphs; undefined while none is loaded. */
  #running: readonly GraphModel[] | undefined;
  /** Of the graphs that all breakpoints have been resolved with. */
  #revision = 0;
  /** Breakpoints are resolved in the order in which they, and the graphs, came. */
  #resolving: Promise<unknown> = Promise.resolve();
  #lastId = 0;
  #changed: () => Promise<void> = async () => {};

  constructor(client: Client, analysis: Analysis) {
    this.#client = client;
    this.#analysis = analysis;
  }

  /**
   * Called after each change that the runtime must be told of; resolves when it has been. The client is answered then:
   * what it has set counts from the next superstep on.
   */
  onChange(listener: () => Promise<void>): void {
    this.#changed = listener;
  }

  // ------------------------------------------------------------------------------------------ from the client

  async setSource(args: DebugProtocol.SetBreakpointsArguments): Promise<DebugProtocol.Breakpoint[]> {
    const wanted =
      args.breakpoints ?? (args.lines ?? []).map((line): DebugProtocol.SourceBreakpoint => ({ line }));
    const path = args.source?.path === undefined ? undefined : this.#client.fromClientPath(args.source.path);
    if (path === undefined) {
      return wanted.map(() => ({
        verified: false,
        reason: "failed",
        message: "This is not a file on disk.",
      }));
    }
    const before = this.#source.filter((known) => samePath(known.path, path));
    const next = wanted.map((breakpoint): SourceBreakpoint => {
      const line = this.#client.fromClientLine(breakpoint.line);
      const same = before.findIndex((known) => known.line === line);
      const [known] = same === -1 ? [] : before.splice(same, 1);
      return {
        kind: "source",
        id: known?.id ?? ++this.#lastId,
        path,
        line,
        mode: breakpoint.mode === "after" || breakpoint.mode === "before" ? breakpoint.mode : undefined,
        ...conditionsOf(breakpoint),
        target: undefined,
        told: { verified: false },
      };
    });
    this.#source = [...this.#source.filter((known) => !samePath(known.path, path)), ...next];
    await this.#inTurn(async () => {
      await this.#resolve(next);
      for (const breakpoint of next) breakpoint.told = this.#toProtocol(breakpoint);
      await this.#changed();
    });
    return next.map((breakpoint) => breakpoint.told);
  }

  async setFunctions(
    args: DebugProtocol.SetFunctionBreakpointsArguments,
  ): Promise<DebugProtocol.Breakpoint[]> {
    const before = [...this.#functions];
    this.#functions = (args.breakpoints ?? []).map((breakpoint): FunctionBreakpoint => {
      const name = breakpoint.name.trim();
      return {
        kind: "function",
        id: before.find((known) => known.name === name)?.id ?? ++this.#lastId,
        name,
        ...conditionsOf(breakpoint),
        targets: targetsNamed(this.#running ?? [], name),
        told: { verified: false },
      };
    });
    for (const breakpoint of this.#functions) breakpoint.told = this.#toProtocol(breakpoint);
    await this.#changed();
    return this.#functions.map((breakpoint) => breakpoint.told);
  }

  async setData(args: DebugProtocol.SetDataBreakpointsArguments): Promise<DebugProtocol.Breakpoint[]> {
    const before = [...this.#data];
    this.#data = (args.breakpoints ?? []).map((breakpoint): DataBreakpointSet => {
      const { dataId } = breakpoint;
      return {
        kind: "data",
        id: before.find((known) => known.dataId === dataId)?.id ?? ++this.#lastId,
        dataId,
        data: dataKeyOf(dataId),
        ...conditionsOf(breakpoint),
        told: { verified: false },
      };
    });
    for (const breakpoint of this.#data) breakpoint.told = this.#toProtocol(breakpoint);
    await this.#changed();
    return this.#data.map((breakpoint) => breakpoint.told);
  }

  async setExceptions(args: DebugProtocol.SetExceptionBreakpointsArguments): Promise<void> {
    this.#filters = new Map<string, string | undefined>([
      ...(args.filters ?? []).map((filter): [string, undefined] => [filter, undefined]),
      ...(args.filterOptions ?? []).map(({ filterId, condition }): [string, string | undefined] => [
        filterId,
        condition?.trim() || undefined,
      ]),
    ]);
    await this.#changed();
  }

  /** Lines between `from` and `to` at which a breakpoint stays where it is set. */
  async locations(path: string, from: number, to: number): Promise<number[]> {
    return [...(await this.#analysis.breakpointLocations(path, from, to))];
  }

  // ------------------------------------------------------------------------------------------ from the runtime

  /** Another program is about to be loaded. */
  forgetRunning(): void {
    this.#running = undefined;
    this.#revision = 0;
    this.#keys = new Map();
  }

  learnKeys(graph: string, keys: readonly string[]): void {
    const known = this.#keys.get(graph);
    if (known && known.length === keys.length && known.every((key, index) => key === keys[index])) return;
    this.#keys.set(graph, keys);
    if (this.#running) this.#correct(this.#data);
  }

  /**
   * The program is loaded, or found more graphs: they decide, and marks that change are corrected. The runtime is told
   * in any case: it holds new graphs until it has heard of the breakpoints of this revision.
   */
  async setRunning(models: readonly GraphModel[], revision = 0): Promise<void> {
    await this.#inTurn(async () => {
      this.#running = models;
      await this.#resolve(this.#source);
      for (const breakpoint of this.#functions) breakpoint.targets = targetsNamed(models, breakpoint.name);
      this.#revision = revision;
      this.#correct();
      await this.#changed();
    });
  }

  toRuntime(): SetBreakpointsParams {
    const exceptions = (["raised", "retried", "swallowed"] as const)
      .filter((filter) => this.#filters.has(filter))
      .map((filter) => {
        const condition = this.#filters.get(filter);
        return { filter, ...(condition !== undefined && { condition }) };
      });
    return {
      breakpoints: this.#all().flatMap((breakpoint) =>
        targetsOf(breakpoint).map(
          (target): NodeBreakpoint => ({
            id: breakpoint.id,
            ...target,
            ...(breakpoint.condition !== undefined && { condition: breakpoint.condition }),
            ...(breakpoint.hitCondition !== undefined && { hitCondition: breakpoint.hitCondition }),
            ...(breakpoint.logMessage !== undefined && { logMessage: breakpoint.logMessage }),
          }),
        ),
      ),
      dataBreakpoints: this.#data.flatMap(({ id, data, condition, hitCondition }) =>
        data
          ? [
              {
                id,
                ...data,
                ...(condition !== undefined && { condition }),
                ...(hitCondition !== undefined && { hitCondition }),
              },
            ]
          : [],
      ),
      exceptions,
      compiled: this.#filters.has("compiled"),
      revision: this.#revision,
    };
  }

  nodesOf(ids: readonly number[]): { graph: string; node: string }[] {
    return this.#all()
      .filter(({ id }) => ids.includes(id))
      .flatMap(targetsOf);
  }

  /** Breakpoints on calls of `interrupt` at these lines. */
  atInterrupts(lines: readonly SourceLine[]): number[] {
    const hit = this.#source.filter(
      ({ target, path }) =>
        target?.kind === "interrupt" &&
        lines.some((each) => each.line === target.line && samePath(each.path, path)),
    );
    return hit.map(({ id }) => id);
  }

  /** DAP has one reason for a stop: that of all that were hit, or the plain one where they differ. */
  reasonOf(ids: readonly number[]): "breakpoint" | "function breakpoint" | "data breakpoint" {
    const hit = this.#all().filter(({ id }) => ids.includes(id));
    const kinds = new Set(hit.map(({ kind }) => kind));
    const [kind] = kinds;
    return kind === undefined || kind === "source" || kinds.size > 1 ? "breakpoint" : `${kind} breakpoint`;
  }

  // ------------------------------------------------------------------------------------------

  #all(): Breakpoint[] {
    return [...this.#source, ...this.#functions, ...this.#data];
  }

  /** Tells the client of the marks that are others than it was told. */
  #correct(breakpoints: readonly Breakpoint[] = this.#all()): void {
    for (const breakpoint of breakpoints) {
      const now = this.#toProtocol(breakpoint);
      if (JSON.stringify(now) === JSON.stringify(breakpoint.told)) continue;
      breakpoint.told = now;
      this.#client.send("breakpoint", { reason: "changed", breakpoint: now });
    }
  }

  #inTurn(resolve: () => Promise<void>): Promise<void> {
    const resolved = this.#resolving.then(resolve);
    this.#resolving = resolved.catch(() => {});
    return resolved;
  }

  /** Each file is read once, however many breakpoints it has. */
  async #resolve(breakpoints: readonly SourceBreakpoint[]): Promise<void> {
    for (const path of new Set(breakpoints.map((breakpoint) => breakpoint.path))) {
      const targetAt = await this.#targetsIn(path);
      for (const breakpoint of breakpoints) {
        if (breakpoint.path === path) breakpoint.target = targetAt(breakpoint.line, breakpoint.mode);
      }
    }
  }

  /** The running program's own code decides; its text where that says nothing, and before it is loaded. */
  async #targetsIn(path: string): Promise<(line: number, mode: BreakpointMode | undefined) => Target> {
    const running = this.#running;
    const { analyses, breakpointAt } = await this.#analysis.breakpointsIn(path);
    const models = running && withFunctionLines(running, functionsOf(analyses));
    return (line, mode) => {
      const target = models && runningTargetAt(models, path, line, mode);
      if (target && target.kind !== "none") return target;
      const found = breakpointAt(line, mode === "after");
      if (running) return staticTargetIn(running, found, analyses);
      if (!found.verified) return { kind: "none", message: found.reason };
      return {
        kind: "text",
        line: found.line,
        ...(found.message !== undefined && { message: found.message }),
      };
    };
  }

  #toProtocol(breakpoint: Breakpoint): DebugProtocol.Breakpoint {
    const { id } = breakpoint;
    if (breakpoint.kind === "function") {
      if (breakpoint.targets.length > 0) return { id, verified: true };
      const message = this.#running
        ? `No graph has a node "${breakpoint.name}". Names are node, subgraph:node, or * for all.`
        : "Checked when the graph is loaded.";
      return { id, verified: false, reason: this.#running ? "failed" : "pending", message };
    }
    if (breakpoint.kind === "data") {
      const { data } = breakpoint;
      if (!data)
        return { id, verified: false, reason: "failed", message: "This is no key of a graph's state." };
      if (!this.#running)
        return { id, verified: false, reason: "pending", message: "Checked when the graph is loaded." };
      const why = whyNoData(data, this.#running, this.#keys.get(data.graph));
      return why ? { id, verified: false, ...why } : { id, verified: true };
    }
    const { target, path } = breakpoint;
    const source = this.#client.source(path);
    const line = this.#client.toClientLine(!target || target.kind === "none" ? breakpoint.line : target.line);
    if (!target || target.kind === "none" || target.kind === "perhaps") {
      return {
        id,
        verified: false,
        reason: this.#running && target?.kind !== "perhaps" ? "failed" : "pending",
        source,
        line,
        message: target?.message ?? "",
      };
    }
    return {
      id,
      verified: true,
      source,
      line,
      ...(target.message !== undefined && { message: target.message }),
    };
  }
}

function withFunctionLines(models: readonly GraphModel[], functions: readonly FunctionLines[]): GraphModel[] {
  return models.map((model) => ({
    ...model,
    nodes: model.nodes.map((node) => ({
      ...node,
      functions: node.functions.map((own) => withLines(own, functions)),
    })),
  }));
}

function targetsOf(breakpoint: Breakpoint): NodeTarget[] {
  if (breakpoint.kind === "data") return [];
  if (breakpoint.kind === "function") {
    const { targets, name } = breakpoint;
    // A graph that is found only when it is called may have such a node.
    return targets.length > 0 || /[:/]/.test(name) ? targets : [{ graph: "*", node: name, when: "before" }];
  }
  const { target } = breakpoint;
  return target?.kind === "nodes" || target?.kind === "perhaps" ? [...target.nodes] : [];
}

/** Empty texts are what editors send for a condition that was cleared. */
function conditionsOf(breakpoint: { condition?: string; hitCondition?: string; logMessage?: string }): {
  condition: string | undefined;
  hitCondition: string | undefined;
  logMessage: string | undefined;
} {
  return {
    condition: breakpoint.condition?.trim() || undefined,
    hitCondition: breakpoint.hitCondition?.trim() || undefined,
    logMessage: breakpoint.logMessage || undefined,
  };
}
