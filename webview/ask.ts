// Requests about the thread's past, whose results are checked before anything is drawn of them.

import { type PastResult, type pastResults, readResult } from "../src/protocol/webview.ts";
import type { Host, Question } from "./host.ts";

type Asked = keyof typeof pastResults;
/** Resolves with a checked result; rejects with a message to the user. */
export type Ask = <Type extends Asked>(
  question: Extract<Question, { type: Type }>,
) => Promise<PastResult<Type>>;

export function askThrough(host: Host): Ask {
  return async <Type extends Asked>(question: Extract<Question, { type: Type }>) => {
    const { type } = question as unknown as { type: Type };
    const read = readResult(type, await host.request(question as Question));
    if ("problem" in read) throw new Error(`The answer was not understood: ${read.problem}`);
    return read.message;
  };
}
