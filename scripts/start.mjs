// `npm start`: sets everything up, builds, and opens VS Code on the examples with the extension in it.
// Options: --web (the web edition even where a desktop VS Code is installed), --port <number> (for it).
import { existsSync } from "node:fs";
import path from "node:path";
import { parseArgs } from "node:util";
import { examplesDir, findOnPath, node, root, toolsDir } from "./lib/paths.mjs";
import { main, must, pathWithNode, run, ScriptError, say } from "./lib/run.mjs";
import { setup } from "./lib/setup.mjs";
import { ensureWebVscode, startWebVscode } from "./lib/web-vscode.mjs";

/** The desktop VS Code's command, or undefined where there is none or no screen to show it on. */
function desktopVscode() {
  // In a terminal of a remote window `code` only talks to that window and opens no other.
  if (process.env.VSCODE_IPC_HOOK_CLI) return undefined;
  if (process.platform === "linux" && !process.env.DISPLAY && !process.env.WAYLAND_DISPLAY) return undefined;
  const inApplications = "/Applications/Visual Studio Code.app/Contents/Resources/app/bin/code";
  return findOnPath("code") ?? (existsSync(inApplications) ? inApplications : undefined);
}

await main(async () => {
  const { values } = parseArgs({ options: { web: { type: "boolean" }, port: { type: "string" } } });
  const port = values.port === undefined ? undefined : Number(values.port);
  if (port !== undefined && !(Number.isInteger(port) && port > 0 && port < 65536)) {
    throw new ScriptError(`--port takes a number from 1 to 65535, not "${values.port}".`);
  }
  const code = values.web ? undefined : desktopVscode();
  await setup();
  if (!code) await ensureWebVscode();
  say("Building the extension (dist/)");
  await must("The build", node, [path.join(root, "esbuild.mjs")]);
  if (code) await openDesktop(code);
  else await openWeb(port);
});

async function openDesktop(code) {
  say(`Opening VS Code on ${examplesDir}`);
  say("Open python/email_assistant.py, click left of a line number, press F5. Close the window to end.");
  await run(code, ["--new-window", "--wait", `--extensionDevelopmentPath=${root}`, examplesDir], {
    env: pathWithNode(),
  });
}

async function openWeb(port) {
  say("Starting the web edition of VS Code");
  const server = await startWebVscode({ dataDir: path.join(toolsDir, "web-vscode"), port });
  say(
    `\nVS Code is ready. Open this address in your browser:\n\n  ${server.url({ folder: examplesDir, extension: root })}\n`,
  );
  say("There, open python/email_assistant.py, click left of a line number, press F5. Ctrl+C here ends it.");
  const stop = () => server.stop();
  process.once("SIGINT", stop);
  process.once("SIGTERM", stop);
  await server.exited;
}
