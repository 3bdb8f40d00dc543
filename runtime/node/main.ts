// The runtime for JavaScript and TypeScript graphs, started by the adapter: `node [nodeArgs] main.mjs`.
//
// The adapter sets the working directory, LANGGRAPH_DEBUG_PORT and LANGGRAPH_DEBUG_TOKEN, and nothing else: it passes
// no flag for TypeScript or source maps, the runtime sees to both. The bundle of worker.ts lies beside this one's.

import { Link } from "./link.ts";
import { Session } from "./session.ts";

const { LANGGRAPH_DEBUG_PORT: port, LANGGRAPH_DEBUG_TOKEN: token } = process.env;
delete process.env.LANGGRAPH_DEBUG_PORT;
delete process.env.LANGGRAPH_DEBUG_TOKEN;
if (port === undefined || token === undefined) {
  console.error("This program is started by the LangGraph debugger; it can't be run by itself.");
  process.exit(2);
}

let isEnding = false;
const session = new Session(() => link);
const link = new Link(
  { host: "127.0.0.1", port: Number(port), token },
  {
    request: (method, params) => {
      if (method === "shutdown") isEnding = true;
      return session.request(method, params);
    },
    save: () => session.save(),
    closed: (reason) => {
      if (reason !== undefined) console.error(`The LangGraph debugger did not take this process: ${reason}`);
      isEnding = true;
      void session.cancel().finally(() => process.exit(reason === undefined ? 0 : 1));
    },
  },
);

// What a node writes is not seen before the node is told to have started.
for (const stream of [process.stdout, process.stderr]) {
  const write = stream.write;
  stream.write = function (this: typeof stream, ...args: Parameters<typeof write>) {
    link.hurry();
    return write.apply(this, args);
  } as typeof write;
}

process.on("exit", (code) => {
  session.flushNow();
  if (isEnding) return;
  const text = `The process was ended by the program itself (exit code ${code}). What had run up to then is saved.`;
  link.event("message", { kind: "error", text });
  link.flush();
});
