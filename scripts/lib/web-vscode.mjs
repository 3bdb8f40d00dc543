// Fetches and starts VS Code's own server and web workbench, for machines without a desktop VS Code.
import { spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { cpSync, mkdirSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import path from "node:path";
import { node, toolsDir } from "./paths.mjs";
import { childEnv, must, pathWithNode, ScriptError, say } from "./run.mjs";
import { runNpm } from "./setup.mjs";
import { once } from "./stamp.mjs";

/** The npm package that carries VS Code 1.139's server and web workbench. */
const version = "4.139.1";
const folder = path.join(toolsDir, "code-server");
const vscodeDir = path.join(folder, "node_modules", "code-server", "lib", "vscode");

/** Fetches the web edition of VS Code into .tools unless it is there. None of its native modules is built. */
export async function ensureWebVscode() {
  await once(path.join(folder, ".stamp"), [version, process.platform, process.arch], async () => {
    say(`Fetching the web edition of VS Code (npm package code-server ${version})`);
    mkdirSync(folder, { recursive: true });
    const manifest = { private: true, dependencies: { "code-server": version } };
    writeFileSync(path.join(folder, "package.json"), `${JSON.stringify(manifest)}\n`);
    await runNpm("Fetching code-server", ["install", "--ignore-scripts", "--no-audit", "--no-fund"], folder);
    await runNpm(
      "Installing code-server's packages",
      ["install", "--omit=dev", "--ignore-scripts", "--no-audit", "--no-fund"],
      vscodeDir,
    );
  });
}

/** Settings for every window: leave the room to the work, and ask nothing of the network. */
const settings = {
  "chat.disableAIFeatures": true,
  "extensions.autoCheckUpdates": false,
  "extensions.autoUpdate": false,
  "git.openRepositoryInParentFolders": "never",
  // The adapter's own loopback port is of no interest to the user.
  "remote.autoForwardPorts": false,
  "telemetry.telemetryLevel": "off",
  "workbench.secondarySideBar.defaultVisibility": "hidden",
  "workbench.startupEditor": "none",
  "workbench.tips.enabled": false,
};

/**
 * Starts the server on loopback and waits until it listens. Rejects when it ends before that.
 * What it starts finds the project's own Node first on the PATH. Every page needs the token in the address that `url` gives: no one else on the machine can use the server.
 * @param {import('./web-vscode.d.mts').WebVscodeOptions} options
 * @returns {Promise<import('./web-vscode.d.mts').WebVscode>}
 */
export async function startWebVscode(options) {
  const port = options.port ?? (await freePort());
  const token = randomBytes(24).toString("hex");
  const machine = path.join(options.dataDir, "data", "Machine");
  mkdirSync(machine, { recursive: true });
  mkdirSync(path.join(options.dataDir, "extensions"), { recursive: true });
  writeFileSync(
    path.join(machine, "settings.json"),
    JSON.stringify({ ...settings, ...options.settings }, null, 2),
  );
  const server = path.join(vscodeDir, "out", "server-main.js");
  const folders = [
    ...["--server-data-dir", options.dataDir, "--extensions-dir", path.join(options.dataDir, "extensions")],
  ];
  for (const extension of options.extensions ?? []) {
    cpSync(extension, path.join(options.dataDir, "extensions", path.basename(extension)), {
      recursive: true,
    });
  }
  if (options.vsix) {
    const install = [
      server,
      ...folders,
      "--accept-server-license-terms",
      "--install-extension",
      options.vsix,
    ];
    await must("Installing the extension", node, install);
  }
  const args = [
    server,
    ...["--host", "127.0.0.1", "--port", String(port), "--connection-token", token],
    ...["--accept-server-license-terms", "--enable-smoke-test-driver", "--disable-telemetry"],
    // Else the login shell's PATH would take the place of the one given here.
    "--force-disable-user-env",
    ...(options.workspaceTrust ? [] : ["--disable-workspace-trust"]),
    ...folders,
  ];
  const child = spawn(node, args, {
    env: childEnv({ ...pathWithNode(), ...options.env }),
    stdio: ["ignore", "pipe", "pipe"],
  });
  let log = "";
  const exited = new Promise((resolve) => child.once("close", resolve));
  await new Promise((resolve, reject) => {
    const read = (chunk) => {
      log = (log + chunk).slice(-200_000);
      if (log.includes("Extension host agent listening")) resolve();
    };
    child.stdout.setEncoding("utf8").on("data", read);
    child.stderr.setEncoding("utf8").on("data", read);
    child.once("error", reject);
    child.once("close", (code) => {
      reject(
        new ScriptError(`The web edition of VS Code ended (exit code ${code}) before it listened:\n${log}`),
      );
    });
  });
  const authority = `127.0.0.1:${port}`;
  const remote = (file) => `vscode-remote://${authority}${toUriPath(file)}`;
  return {
    port,
    exited,
    log: () => log,
    /** Address of the workbench on this folder, with an extension under development and its test module. */
    url({ folder: workspace, extension, tests }) {
      const payload = [];
      if (extension) payload.push(["extensionDevelopmentPath", remote(extension)]);
      if (tests) payload.push(["extensionTestsPath", remote(tests)]);
      const query = new URLSearchParams({ tkn: token, folder: toUriPath(workspace) });
      if (payload.length > 0) query.set("payload", JSON.stringify(payload));
      return `http://${authority}/?${query}`;
    },
    async stop() {
      child.kill();
      await exited;
    },
  };
}

/** Path part of a file's URI: VS Code wants forward slashes and a leading one, on Windows too. */
function toUriPath(file) {
  const slashed = path.resolve(file).replaceAll("\\", "/");
  return slashed.startsWith("/") ? slashed : `/${slashed}`;
}

/** A loopback port that was free a moment ago. */
async function freePort() {
  const server = createServer();
  await new Promise((resolve, reject) => {
    server.once("error", reject).listen(0, "127.0.0.1", resolve);
  });
  const { port } = server.address();
  await new Promise((resolve) => server.close(resolve));
  return port;
}
