// What the checkpoint file tells of its threads, and changes to them: nothing of the user's code is needed for it.
//
// A runtime answers these before `load` too. `file` is the absolute path of the checkpoint file; one that does not
// exist has no threads. What a run of this process has written is in the answers.

/** The threads of the file, last changed first. */
export interface ThreadsParams {
  file: string;
  /** Only threads whose id, name, graph or note contains it, whatever the case. */
  filter?: string;
  /** This many from `start` on; absent: all. */
  start?: number;
  limit?: number;
}
export interface ThreadsResult {
  threads: ThreadInfo[];
  /** Of all that fit the filter. */
  total: number;
  /** Bytes of the file with its journal; `free` of them are given back by `vacuum`. */
  size: { bytes: number; free: number };
}
export interface ThreadInfo {
  id: string;
  language: "python" | "javascript";
  /** Name of the graph that made it; absent where it is not known. */
  graph?: string;
  /** Given by the user. */
  name?: string;
  note?: string;
  /** Not `running` where the process that ran it was killed; one on another machine is believed to be there. */
  status: "running" | "stopped" | "waiting" | "failed" | "ended";
  /** Nodes at which it stands: those with pending or failed work after the newest checkpoint of the root graph. */
  at: string[];
  /** Of all its graphs. */
  checkpoints: number;
  /** ISO 8601. */
  createdAt: string;
  updatedAt: string;
}

/** Gives a thread a name and a note, or takes them away (null or empty); what is absent stays. */
export interface DescribeThreadParams {
  file: string;
  threadId: string;
  name?: string | null;
  note?: string | null;
}

/** Takes a thread out of the list; it stays in the file until `vacuum`, so that `restoreThread` can bring it back. */
export interface DeleteThreadParams {
  file: string;
  threadId: string;
}
export interface DeleteThreadResult {
  /** For `restoreThread`. */
  deleted: string;
}
export interface RestoreThreadParams {
  file: string;
  deleted: string;
}
export interface RestoreThreadResult {
  /** As it was, or with a number behind it where another thread has that id by now. */
  threadId: string;
}

/** All of it, to a new thread. */
export interface CopyThreadParams {
  file: string;
  threadId: string;
}
export interface CopyThreadResult {
  threadId: string;
}

/** Writes a thread to one JSON file, UTF-8; `importThread` makes the same thread of it, byte for byte. */
export interface ExportThreadParams {
  file: string;
  threadId: string;
  /** Absolute path; replaced where it exists. */
  to: string;
}
export interface ImportThreadParams {
  file: string;
  /** Absolute path of what `exportThread` wrote, on any machine. */
  from: string;
}
export interface ImportThreadResult {
  /** As it was, or with a number behind it where the file has another thread of that id. */
  threadId: string;
}

/**
 * Keeps the newest `keep` checkpoints of each graph of these threads, those that have a name or a note, and what these
 * need; deleted threads go.
 */
export interface PruneParams {
  file: string;
  /** Absent: all threads. */
  threadIds?: string[];
  /** Absent: only deleted threads and free space go. */
  keep?: number;
  /** Only tells what would go. */
  dryRun: boolean;
}
export interface PruneResult {
  /** So many go. */
  checkpoints: number;
  /** So many older ones stay: they have a name or a note, or one that has needs them. */
  spared: number;
  deletedThreads: number;
  /** By which the file gets smaller; with `dryRun` an estimate. */
  bytes: number;
}

// ---------------------------------------------------------------------------------------------- the past

/** The checkpoints of one graph's run on a thread, of all branches, newest first (by id, which grows with time). */
export interface TimelineParams {
  file: string;
  threadId: string;
  /** `""` for the root graph. */
  namespace: string;
  /** A checkpoint's id: those older than it; absent: from the newest on. */
  before?: string;
  limit: number;
}
export interface TimelineResult {
  entries: TimelineEntry[];
  more: boolean;
  /** Of all checkpoints in this namespace. */
  total: number;
  /** The checkpoint at which the thread stands: its newest. */
  live?: string;
  /** How many checkpoints of this namespace have none after them; not with `before`. */
  branches?: number;
  /** How the user calls the thread; not with `before`. */
  name?: string;
}
export interface TimelineEntry {
  id: string;
  parentId?: string;
  namespace: string;
  step: number;
  /** `input`, `loop`, `update`, `fork`. */
  source: string;
  /** ISO 8601. */
  createdAt: string;
  /** The tasks of the superstep that made it; empty for an input. */
  tasks: PastTask[];
  /** Channels that they wrote, without LangGraph's own. */
  written: string[];
  /** Of that superstep, in milliseconds: from its start to its checkpoint, without the time that it was held. */
  milliseconds?: number;
  /** The debugger's own share of it. */
  debuggerMilliseconds?: number;
  /**
   * What its own pending writes tell: `waiting` for an answer, `failed`, or `answered`: it has waited, and went on.
   */
  mark?: "waiting" | "failed" | "answered";
  /** How often it was edited in place. */
  edits: number;
  /** The checkpoint that it is a copy of. */
  forkedFrom?: string;
  /** Given by the user. */
  name?: string;
  note?: string;
}
export interface PastTask {
  id: string;
  node: string;
  milliseconds?: number;
  /** Nodes to which its writes led, by edge, router, `Command` or `Send`; `__end__` is not told. */
  to: string[];
  /** What the node's conditional edges returned, each as text of at most 200 characters. */
  routers: { name: string; returned: string }[];
  /** Namespace of the subgraph's run, where it ran one, and how many checkpoints that has. */
  subgraph?: { namespace: string; checkpoints: number };
}

/** Names a checkpoint and puts a note to it, or takes them away (null or empty); what is absent stays. */
export interface AnnotateParams {
  file: string;
  threadId: string;
  namespace: string;
  checkpointId: string;
  name?: string | null;
  note?: string | null;
}

/** The checkpoints on the branch of `checkpointId` at which a key was written, newest first. */
export interface KeyHistoryParams {
  file: string;
  threadId: string;
  namespace: string;
  checkpointId: string;
  /** Absent: for each key its last writing only, and `limit` means checkpoints looked at. */
  key?: string;
  limit: number;
}
export interface KeyHistoryResult {
  writings: KeyWriting[];
  /** The branch goes further back than `limit` allows to look. */
  more: boolean;
}
export interface KeyWriting {
  key: string;
  /** Made by the superstep that wrote it. */
  checkpointId: string;
  step: number;
  source: string;
  /** Who wrote it; empty for an input, or where it was edited. */
  nodes: string[];
}

type Nothing = Record<string, never>;

export interface FileRequests {
  threads: { params: ThreadsParams; result: ThreadsResult };
  describeThread: { params: DescribeThreadParams; result: Nothing };
  deleteThread: { params: DeleteThreadParams; result: DeleteThreadResult };
  restoreThread: { params: RestoreThreadParams; result: RestoreThreadResult };
  copyThread: { params: CopyThreadParams; result: CopyThreadResult };
  exportThread: { params: ExportThreadParams; result: Nothing };
  importThread: { params: ImportThreadParams; result: ImportThreadResult };
  prune: { params: PruneParams; result: PruneResult };
  timeline: { params: TimelineParams; result: TimelineResult };
  annotate: { params: AnnotateParams; result: Nothing };
  keyHistory: { params: KeyHistoryParams; result: KeyHistoryResult };
}
