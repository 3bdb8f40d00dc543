// The runtime's control side: a worker thread that owns the socket, so that the adapter is heard while a node blocks
// the main thread. It never runs user code.

import { connect } from "node:net";
import { workerData } from "node:worker_threads";
import { type LoadParams, protocolVersion } from "../../src/protocol/runtime.ts";
import { errorResponse } from "./errors.ts";
import { savingError } from "./file/errors.ts";
import { CheckpointFiles, isSameFile, type OpenThread } from "./file/requests.ts";
import { frame, Unframer } from "./framing.ts";
import {
  type ComputingTask,
  type ControlData,
  type FromMain,
  signalIndex,
  type ToMain,
  taskLine,
} from "./link.ts";
import { Ring } from "./ring.ts";

/** How long an answer about the session's file waits for a node that computes without giving way. */
const saveTime = 500;
/** While events come, the ring is looked at in this interval, until there were none so many times. */
const lookEvery = 5;
const looksInVain = 20;
/** Time that the main thread has to write to disk and exit by itself once the adapter is gone. */
const exitGrace = 700;

const { host, port, token, channel, signals, events } = workerData as ControlData;
const ring = new Ring(events);
const socket = connect({ host, port });
socket.setNoDelay(true);

type Message = {
  id?: number;
  method?: string;
  params?: unknown;
  error?: { message: string };
  result?: unknown;
};
const running = new Map<string, string>();
let greeted = false;

const send = (message: object): void => writeSoon(JSON.stringify({ jsonrpc: "2.0", ...message }));
let unwritten: Buffer[] = [];
/** Events come in bursts: what has come by the end of a turn is written at once. */
function writeSoon(text: string): void {
  if (unwritten.length === 0) setImmediate(write);
  unwritten.push(frame(text));
}
function write(): void {
  socket.write(Buffer.concat(unwritten));
  unwritten = [];
}
const toMain = (message: ToMain): void => channel.postMessage(message);

socket.once("connect", () => {
  const languageVersion = process.versions.node;
  const params = { token, protocolVersion, language: "javascript", languageVersion, pid: process.pid };
  send({ id: 0, method: "hello", params });
});

const unframer = new Unframer((text) => {
  const message = JSON.parse(text) as Message;
  if (!greeted) {
    if (message.id !== 0 || message.error !== undefined) {
      toMain({ kind: "refused", reason: message.error?.message ?? "It sent something else than an answer." });
      return;
    }
    greeted = true;
    return;
  }
  if (message.method === undefined || message.id === undefined) return;
  if (message.method === "pause") {
    take();
    // Answered from here: the main thread may compute for a long time before it can.
    Atomics.store(signals, signalIndex.pause, 1);
    send({ id: message.id, result: { waitingFor: [...running.values()] } });
    return;
  }
  const file = CheckpointFiles.fileOf(message.method, message.params);
  if (file !== undefined) {
    void answerOfFile(message.id, message.method, file, message.params);
    return;
  }
  if (message.method === "load") sessionFile = (message.params as LoadParams).checkpoints;
  if (message.method === "shutdown") files.close();
  if (message.method === "setBreakpoints") send({ id: message.id, result: {} });
  const id = message.method === "setBreakpoints" ? -1 : message.id;
  toMain({ kind: "request", id, method: message.method, params: message.params ?? {} });
});
socket.on("data", (chunk: Buffer) => {
  try {
    unframer.push(chunk);
  } catch {
    socket.destroy();
  }
});
socket.on("error", () => socket.destroy());
socket.on("close", () => {
  toMain({ kind: "closed" });
  setTimeout(() => process.kill(process.pid, "SIGKILL"), exitGrace);
});

// ------------------------------------------------------------------------------------------ checkpoint files

const files = new CheckpointFiles();
let sessionFile: string | undefined;
let session: OpenThread | undefined;
let saves = 0;
const savesAsked = new Map<number, () => void>();

async function answerOfFile(id: number, method: string, file: string, params: unknown): Promise<void> {
  try {
    if (sessionFile !== undefined && isSameFile(file, sessionFile)) await save();
    send({ id, result: files.answer(method, params, session) });
  } catch (error) {
    send({ id, error: errorResponse(savingError(error)) });
  }
}

/** What the main thread has put is in the file; where a node keeps it busy, what it has committed by itself. */
async function save(): Promise<void> {
  const count = ++saves;
  const saved = new Promise<void>((resolve) => savesAsked.set(count, resolve));
  toMain({ kind: "save", count });
  let timer: NodeJS.Timeout | undefined;
  // What runs now may never give way; while nothing does, the answer comes.
  const late = new Promise<void>((resolve) => {
    const ask = (): void => {
      take();
      if (running.size > 0) resolve();
      else timer = setTimeout(ask, saveTime);
    };
    timer = setTimeout(ask, saveTime);
  });
  await Promise.race([saved, late]);
  clearTimeout(timer);
  savesAsked.delete(count);
}

// ------------------------------------------------------------------------------------------ from the main thread

let looking: NodeJS.Timeout | undefined;

/** Takes what is in the ring. False: nothing was. */
function take(): boolean {
  const lines = ring.read();
  for (const line of lines) {
    const task = taskLine.read(line);
    if (task === undefined) writeSoon(line);
    else note(task);
  }
  return lines.length > 0;
}

function note({ id, label }: ComputingTask): void {
  if (label === undefined) running.delete(id);
  else running.set(id, label);
}

function lookOn(): void {
  let inVain = 0;
  looking ??= setInterval(() => {
    inVain = take() ? 0 : inVain + 1;
    if (inVain < looksInVain) return;
    clearInterval(looking);
    looking = undefined;
    Atomics.store(signals, signalIndex.looking, 0);
    // What came before the main thread could see that.
    take();
  }, lookEvery);
}

channel.on("message", (message: FromMain) => {
  // It was told before this message was.
  take();
  switch (message.kind) {
    case "look":
      lookOn();
      break;
    case "send":
      writeSoon(message.line);
      if (message.task !== undefined) note(message.task);
      break;
    case "saved":
      session = message.session;
      savesAsked.get(message.count)?.();
      break;
    case "flush":
      write();
      socket.write("", () => {
        Atomics.store(signals, signalIndex.flushed, message.count);
        Atomics.notify(signals, signalIndex.flushed);
      });
      break;
  }
});
