// The static checks of `npm run check`: types, format, lint, layers, generated files.
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { moduleFile, node, root, toolsDir, venvProgram } from "./paths.mjs";
import { run, say } from "./run.mjs";

/** Name, command and arguments of each check; the repository is the current folder. */
function checks() {
  const script = (name, ...args) => [node, [path.join(root, "scripts", name), ...args]];
  const list = [
    ["TypeScript types", node, [moduleFile("typescript", "bin", "tsc"), "-b"]],
    [
      "TypeScript lint and format",
      process.execPath,
      [moduleFile("@biomejs", "biome", "bin", "biome"), "check"],
    ],
    ["Layers and import cycles", ...script("check-layers.mjs")],
    ["Python lint", venvProgram("ruff"), ["check"]],
    ["Python format", venvProgram("ruff"), ["format", "--check"]],
    ["Python types", venvProgram("mypy"), []],
  ];
  if (existsSync(path.join(root, "scripts", "generate-schema.mjs"))) {
    list.push(["Generated protocol files", ...script("generate-schema.mjs", "--check")]);
  }
  return list;
}

/** Runs every check and shows the output of those that fail. Returns how many passed and failed. */
export async function runChecks() {
  let failed = 0;
  // The declarations that one folder gives to the next are ES modules, as their sources are.
  mkdirSync(path.join(toolsDir, "types"), { recursive: true });
  writeFileSync(path.join(toolsDir, "types", "package.json"), '{ "type": "module" }\n');
  const list = checks();
  // Two at once; told in their order.
  const running = [];
  const start = (at) => {
    const [, command, args] = list[at] ?? [];
    if (command) running[at] ??= run(command, args, { quiet: true });
  };
  start(0);
  for (const [at, [name]] of list.entries()) {
    start(at + 1);
    const { code, output } = await running[at];
    say(`  ${code === 0 ? "ok    " : "FAILED"} ${name}`);
    if (code === 0) continue;
    failed += 1;
    say(output.trimEnd());
  }
  return { passed: list.length - failed, failed };
}
