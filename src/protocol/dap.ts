// What the debug adapter adds to the Debug Adapter Protocol: launch attributes, custom requests and custom events.

import type { GraphEdge, GraphNode } from "../model/graph.ts";
import type { CheckpointInfo, HistoryEntry, InterruptInfo, Json, TaskEvent, TaskStatus } from "./runtime.ts";

/** Answers that are given without asking: in order, or by the name of the node that asks. */
export type Answers = Json[] | { [node: string]: Json };

/** Arguments of `launch`, as a user writes them in launch.json. */
export interface LaunchAttributes {
  /** File that holds the graph. */
  program?: string;
  /** `file.py:variable`, `package.module:variable`, a name in `langgraph.json`, or a variable of `program`. */
  graph?: string;
  input?: Json;
  /** JSON file with the input. */
  inputFile?: string;
  threadId?: string;
  /** RunnableConfig. */
  config?: { [key: string]: Json };
  context?: { [key: string]: Json };
  stopOnEntry?: boolean;
  stopOnEnd?: boolean;
  python?: string;
  pythonArgs?: string[];
  node?: string;
  nodeArgs?: string[];
  cwd?: string;
  env?: { [name: string]: string | null };
  envFile?: string;
  checkpoints?: string;
  console?: "internalConsole" | "integratedTerminal";
  resume?: Answers;
  noDebug?: boolean;
  /** Folders whose files count as the user's own; the extension fills in the workspace's. Default: `cwd`. */
  workspaceFolders?: string[];
}

// ------------------------------------------------------------------------------------------------ requests

export interface SourcePlace {
  path: string;
  line: number;
}

/** The graphs of the program, where the run stands in them, and the breakpoints of their nodes. */
export interface GraphBody {
  /** How the debugged graph is called. */
  name: string;
  /** Absent before a program is loaded. */
  threadId?: string;
  graphs: {
    /** The root is `""`, the graph that node `research` runs is `research`. */
    id: string;
    nodes: {
      name: string;
      kind: GraphNode["kind"];
      source?: SourcePlace;
      /** A line where a breakpoint stops after the node. */
      after?: SourcePlace;
      subgraph?: string;
      /** Its code calls `interrupt`. */
      asks?: boolean;
    }[];
    edges: (Pick<GraphEdge, "from" | "label" | "conditional"> & { to?: string })[];
  }[];
  /** At a stop: the tasks at which the run stands, of all graphs. `step` is the superstep that they are of. */
  tasks: { graph: string; node: string; namespace: string; status: TaskStatus; step?: number }[];
  /** `id` is that of the DAP breakpoint. For a graph or node that may be any, `*`. */
  breakpoints: {
    id: number;
    graph: string;
    node: string;
    when: "before" | "after";
    /** It has a condition, a hit count or a message. */
    conditional: boolean;
  }[];
}

/** An interrupt that waits. Keyed by id and index: all interrupts of one task share an id. */
export interface WaitingInterrupt extends InterruptInfo {
  source?: SourcePlace;
  /** How often this call has asked, with this time: 2 or more where the node did not take the last of `earlier`. */
  tries: number;
  /** Given by `setVariable` and not yet sent. */
  answer?: Json;
}
export interface InterruptsBody {
  interrupts: WaitingInterrupt[];
}

/** Goes on with these answers, some or all, as one `Command`. */
export interface ResumeArguments {
  /** By the interrupt's id; or by `<id>#<index>`, which is refused when another interrupt of the task waits by now. */
  answers: { [interruptId: string]: Json };
  update?: { [key: string]: Json };
  goto?: string[];
}

/** Starts the run that waits for its input, or a new turn on the thread. */
export interface InputArguments {
  input: Json;
}

/** Of this session's thread and its root graph where nothing else is given. */
export interface HistoryArguments {
  threadId?: string;
  namespace?: string;
  /** A checkpoint's id; absent: from the newest on. */
  before?: string;
  limit?: number;
}
/** The state after a step: its checkpoint, the nodes whose writes made it, the keys that they wrote. */
export interface PastStep extends Omit<CheckpointInfo, "metadata">, Omit<HistoryEntry, "checkpoint"> {}
export interface HistoryBody {
  /** Newest first, on the branch that leads to where the thread stands. */
  checkpoints: PastStep[];
  more: boolean;
}

/** The cursor goes to this checkpoint; running from there makes a branch. */
export interface ForkArguments {
  checkpointId: string;
  /** Absent: that of whichever graph at the stop has the checkpoint. */
  namespace?: string;
}

/** Nodes that come next and that the new code doesn't have; and the nearest step to which `langgraph/fork` can go back. */
export interface ReloadBody {
  gone?: { nodes: string[]; before?: { id: string; next: string[] } };
}

type Nothing = Record<string, never>;

export interface CustomRequests {
  "langgraph/graph": { arguments: Nothing; body: GraphBody };
  "langgraph/interrupts": { arguments: Nothing; body: InterruptsBody };
  "langgraph/resume": { arguments: ResumeArguments; body: Nothing };
  "langgraph/input": { arguments: InputArguments; body: Nothing };
  /** Back to before the last answer of this session; a `stopped` event follows. Running from there makes a branch. */
  "langgraph/undo": { arguments: Nothing; body: Nothing };
  "langgraph/history": { arguments: HistoryArguments; body: HistoryBody };
  /** A `stopped` event follows. */
  "langgraph/fork": { arguments: ForkArguments; body: Nothing };
  /** Takes the code anew; a `stopped` event follows, at the same stop. */
  "langgraph/reload": { arguments: Nothing; body: ReloadBody };
}

// ------------------------------------------------------------------------------------------------ events

/** `duration` is in milliseconds, without the time that the node was held at a stop. */
export interface TaskBody extends Pick<TaskEvent, "event" | "id" | "node" | "graph" | "namespace" | "step"> {
  duration?: number;
  error?: { type: string; message: string };
}

export interface CustomEvents {
  "langgraph/task": TaskBody;
  /** What waits for an answer now; empty when the run went on. */
  "langgraph/interrupts": InterruptsBody;
  /** What the graph wrote to its custom stream. */
  "langgraph/custom": { namespace: string; node?: string; value: Json };
  /** A token of a chat model that the graph streams. */
  "langgraph/message": { namespace: string; node?: string; text: string };
}
