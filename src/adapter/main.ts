// The debug adapter's entry: DAP on stdio, or on a loopback port, or a list of a file's graphs.

import { createServer, type Socket } from "node:net";
import { resolve } from "node:path";
import type { Logger } from "../base/logger.ts";
import { Analysis } from "./analysis.ts";
import { Session } from "./session.ts";
import { runErrand } from "./terminal.ts";

// stdout belongs to the protocol.
for (const name of ["log", "info", "debug"] as const) console[name] = console.error;

const logger: Logger = {
  debug: () => {},
  info: (message) => console.error(message),
  warn: (message) => console.error(message),
  error: (message) => console.error(message),
};

const usage = `Usage: adapter                  Debug Adapter Protocol on stdin and stdout
       adapter --port <number>  the same on a loopback port, for any number of sessions
       adapter --graphs <file>  prints the graphs that a file holds, as JSON`;

// Nothing that goes wrong in one request may end the session, or the other sessions.
process.on("uncaughtException", (error) => logger.error(`unexpected: ${error.stack ?? error.message}`));
process.on("unhandledRejection", (reason) =>
  logger.error(`unexpected: ${reason instanceof Error ? reason.stack : String(reason)}`),
);

function main(args: readonly string[]): void {
  const [option, value] = args;
  if (option === undefined) serveStdio();
  else if (option === "--port" && value !== undefined && /^\d+$/.test(value)) servePort(Number(value));
  else if (option === "--graphs" && value !== undefined) void printGraphs(value);
  else if (option === "--run" && value !== undefined) runErrand(value);
  else {
    process.stderr.write(`${usage}\n`);
    process.exitCode = 2;
  }
}

function serveStdio(): void {
  const session = new Session(logger);
  session.start(process.stdin, process.stdout);
  // What was written last is still on its way to the client.
  void session.over.then(() => process.stdout.write("", () => process.exit(0)));
}

function servePort(port: number): void {
  const server = createServer((socket: Socket) => {
    socket.setNoDelay(true);
    const session = new Session(logger);
    session.setRunAsServer(true);
    session.start(socket, socket);
  });
  server.on("error", (error) => {
    process.stderr.write(`Port ${port} can't be listened on: ${error.message}\n`);
    process.exit(1);
  });
  server.listen(port, "127.0.0.1", () => {
    const address = server.address();
    process.stderr.write(`Listening on port ${typeof address === "object" ? address?.port : port}\n`);
  });
}

async function printGraphs(path: string): Promise<void> {
  const graphs = await new Analysis(logger).candidates(resolve(path));
  process.stdout.write(`${JSON.stringify({ graphs }, undefined, 2)}\n`);
}

main(process.argv.slice(2));
