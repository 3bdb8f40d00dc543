// Which Python and which Node are chosen, on each platform, from lists of files.

import assert from "node:assert/strict";
import { chooseNode, choosePython, type Machine } from "../../../src/adapter/interpreters.ts";

function machine(platform: NodeJS.Platform, env: NodeJS.ProcessEnv, files: readonly string[]): Machine {
  return { platform, env, isFile: (path) => files.includes(path) };
}

describe("the interpreter on Linux and macOS", () => {
  const system = ["/usr/bin/python3", "/usr/bin/node"];
  const env = { PATH: "/usr/local/bin:/usr/bin" };

  it("is the .venv nearest to the program", () => {
    const files = [...system, "/w/.venv/bin/python", "/w/app/.venv/bin/python"];
    assert.equal(
      choosePython(machine("linux", env, files), undefined, ["/w/app/agents"], "/w"),
      "/w/app/.venv/bin/python",
    );
  });

  it("is the active environment where no .venv is near, and python3 of the PATH else", () => {
    const active = { ...env, VIRTUAL_ENV: "/home/me/env" };
    const files = [...system, "/home/me/env/bin/python"];
    assert.equal(
      choosePython(machine("darwin", active, files), undefined, ["/w"], "/w"),
      "/home/me/env/bin/python",
    );
    assert.equal(
      choosePython(machine("darwin", active, system), undefined, ["/w"], "/w"),
      "/usr/bin/python3",
    );
  });

  it("is the chosen one: a command of the PATH, or a path from the working folder", () => {
    const files = [...system, "/w/tools/python", "/usr/local/bin/python3.12"];
    const here = machine("linux", env, files);
    assert.equal(choosePython(here, "python3.12", [], "/w"), "/usr/local/bin/python3.12");
    assert.equal(choosePython(here, "tools/python", [], "/w"), "/w/tools/python");
    assert.throws(() => choosePython(here, "python3.9", [], "/w"), /python3\.9/);
  });

  it("is the Node that the project installs before the one of the PATH", () => {
    const own = "/w/node_modules/node/bin/node";
    assert.equal(chooseNode(machine("linux", env, [...system, own]), undefined, ["/w/src"], "/w"), own);
    assert.equal(chooseNode(machine("linux", env, system), undefined, ["/w/src"], "/w"), "/usr/bin/node");
    assert.throws(() => chooseNode(machine("linux", env, []), undefined, ["/w/src"], "/w"), /Node/);
  });
});

describe("the interpreter on Windows", () => {
  const env = { Path: "C:\\Windows;C:\\Python312;C:\\Program Files\\nodejs" };
  const system = ["C:\\Python312\\python.exe", "C:\\Program Files\\nodejs\\node.exe"];

  it("is Scripts\\python.exe of the .venv", () => {
    const files = [...system, "C:\\w\\.venv\\Scripts\\python.exe"];
    assert.equal(
      choosePython(machine("win32", env, files), undefined, ["C:\\w\\agents"], "C:\\w"),
      "C:\\w\\.venv\\Scripts\\python.exe",
    );
  });

  it("is python.exe of the Path, in whatever case the variable is written", () => {
    assert.equal(
      choosePython(machine("win32", env, system), undefined, ["C:\\w"], "C:\\w"),
      "C:\\Python312\\python.exe",
    );
  });

  it("may be chosen without .exe", () => {
    const files = [...system, "C:\\w\\env\\Scripts\\python.exe"];
    assert.equal(
      choosePython(machine("win32", env, files), "env\\Scripts\\python", [], "C:\\w"),
      "C:\\w\\env\\Scripts\\python.exe",
    );
  });

  it("is node.exe of the project, else of the Path", () => {
    const own = "C:\\w\\node_modules\\node\\bin\\node.exe";
    assert.equal(chooseNode(machine("win32", env, [...system, own]), undefined, ["C:\\w"], "C:\\w"), own);
    assert.equal(
      chooseNode(machine("win32", env, system), undefined, ["C:\\w"], "C:\\w"),
      "C:\\Program Files\\nodejs\\node.exe",
    );
  });
});
