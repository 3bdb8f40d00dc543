// What the adapter and VS Code say to each other, as far as the extension listens.

/** A message of the adapter, as far as it is read here. */
export interface AdapterMessage {
  readonly type: string;
  readonly event?: string;
  readonly command?: string;
  readonly success?: boolean;
  readonly body?: {
    readonly reason?: string;
    readonly description?: string;
    readonly threadId?: number;
    readonly interrupts?: readonly unknown[];
  };
}

/** Requests by which a user goes on. */
const steppingRequests = ["continue", "next", "stepIn", "stepOut"];
/** Requests after which the run stands no longer where it stood. */
const movingRequests = [...steppingRequests, "restart", "langgraph/resume", "langgraph/input"];

/** The run goes on from where it stood. */
export function movesOn({ type, event, command, success }: AdapterMessage): boolean {
  if (type === "response") return success === true && movingRequests.includes(command ?? "");
  return type === "event" && event === "continued";
}

/** Nothing waits for an answer any more. */
export function isAnswered({ type, event, body }: AdapterMessage): boolean {
  return type === "event" && event === "langgraph/interrupts" && body?.interrupts?.length === 0;
}

/** The user wanted to go on, and can't. */
export function isRefused({ type, command, success }: AdapterMessage): boolean {
  return type === "response" && success === false && steppingRequests.includes(command ?? "");
}
