// Finds a Chromium for the tests that drive the web edition of VS Code, and fetches one where there is none.
import { existsSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";
import { findOnPath, moduleFile, node } from "./paths.mjs";
import { must, run, ScriptError, say } from "./run.mjs";

const names = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome", "msedge"];

/** Path of an installed Chromium, Chrome or Edge, or undefined. CHROME_PATH comes first. */
export function findChromium() {
  const own = process.env.CHROME_PATH;
  if (own) {
    if (!existsSync(own)) throw new ScriptError(`CHROME_PATH names a file that does not exist: ${own}`);
    return own;
  }
  return findOnPath(...names) ?? usualPlaces().find((file) => existsSync(file)) ?? playwrightChromium();
}

function usualPlaces() {
  if (process.platform === "darwin") {
    return ["Google Chrome", "Chromium", "Microsoft Edge"].map(
      (name) => `/Applications/${name}.app/Contents/MacOS/${name}`,
    );
  }
  if (process.platform !== "win32") return [];
  const folders = ["PROGRAMFILES", "PROGRAMFILES(X86)", "LOCALAPPDATA"].map((name) => process.env[name]);
  const files = [
    ["Google", "Chrome", "Application", "chrome.exe"],
    ["Microsoft", "Edge", "Application", "msedge.exe"],
  ];
  return folders.filter(Boolean).flatMap((folder) => files.map((file) => path.join(folder, ...file)));
}

/** The Chromium that playwright keeps for all projects of this user, when it is there. */
function playwrightChromium() {
  if (!existsSync(moduleFile("playwright-core"))) return undefined;
  const file = createRequire(import.meta.url)("playwright-core").chromium.executablePath();
  return existsSync(file) ? file : undefined;
}

/** Path of a Chromium; installs one when there is none: Debian's package as root, else playwright's own. */
export async function ensureChromium() {
  const found = findChromium();
  if (found) return found;
  if (isDebian() && process.getuid?.() === 0) {
    say("Installing Chromium for the tests in VS Code (apt-get install chromium)");
    const install = ["install", "-y", "--no-install-recommends", "chromium"];
    const env = { DEBIAN_FRONTEND: "noninteractive" };
    if ((await run("apt-get", install, { quiet: true, env })).code !== 0) {
      await must("apt-get update", "apt-get", ["update"]);
      await must("Installing Chromium", "apt-get", install, { env });
    }
  } else {
    say("Fetching Chromium for the tests in VS Code (playwright-core install chromium)");
    await must("Fetching Chromium", node, [moduleFile("playwright-core", "cli.js"), "install", "chromium"]);
  }
  const installed = findChromium();
  if (!installed) {
    throw new ScriptError(
      "No Chromium after installing it. Install Chrome or Chromium, or set CHROME_PATH to one, then run this again.",
    );
  }
  return installed;
}

function isDebian() {
  return (
    existsSync("/etc/os-release") && /^ID(_LIKE)?=.*debian/m.test(readFileSync("/etc/os-release", "utf8"))
  );
}
