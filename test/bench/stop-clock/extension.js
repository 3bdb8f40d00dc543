// Writes down when VS Code hears of each stop, in milliseconds since 1970, to the file that STOP_CLOCK names.
const { appendFileSync } = require("node:fs");
const vscode = require("vscode");

exports.activate = ({ subscriptions }) => {
  const onDidSendMessage = ({ type, event }) => {
    const now = performance.timeOrigin + performance.now();
    if (type === "event" && event === "stopped") appendFileSync(process.env.STOP_CLOCK, `${now}\n`);
  };
  const createDebugAdapterTracker = () => ({ onDidSendMessage });
  subscriptions.push(
    vscode.debug.registerDebugAdapterTrackerFactory("langgraph", { createDebugAdapterTracker }),
  );
};
