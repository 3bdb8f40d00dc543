// Nothing is exported that no other file uses, but types that say what an export of their own file takes or gives. The
// protocols are exempt: what they say is for both sides of a border, one of which may be in another language.
import assert from "node:assert/strict";
import { globSync, readFileSync } from "node:fs";
import { dirname, join, resolve, sep } from "node:path";

const root = join(import.meta.dirname, "..", "..");

/** Names that a file exports, and which names it takes from which files (`*`: all of them). */
interface File {
  readonly exports: readonly string[];
  readonly uses: readonly { readonly file: string; readonly name: string }[];
}

function read(path: string, text: string): File {
  const declared = [
    ...text.matchAll(
      /^export (?:declare )?(?:default )?(?:abstract )?(?:async )?(function\*?|const|let|class|interface|type) (\w+)/gm,
    ),
  ];
  const exports = declared
    .filter(([, kind, name]) => {
      const isType = kind === "interface" || kind === "type";
      return !isType || [...text.matchAll(new RegExp(`\\b${name}\\b`, "g"))].length === 1;
    })
    .map(([, , name = ""]) => name);
  const lists = [...text.matchAll(/^export (?:type )?\{([^}]*)\}(?! from)/gm)].flatMap(([, list = ""]) =>
    namesIn(list, "last"),
  );
  const uses = [
    ...text.matchAll(/\b(?:import|export)\b([^;'"]*?)\bfrom\s*["'](\.[^"']*)["']/g),
    ...text.matchAll(/\bimport\s*\(()\s*["'](\.[^"']*)["']/g),
  ].flatMap(([, what = "", from = ""]) => {
    const file = resolve(dirname(path), from);
    const list = /\{([^}]*)\}/.exec(what)?.[1];
    return list === undefined
      ? [{ file, name: "*" }]
      : namesIn(list, "first").map((name) => ({ file, name }));
  });
  return { exports: [...exports, ...lists], uses };
}

/** Of `a, type b as c`: a and b, or by their last names a and c. */
function namesIn(list: string, which: "first" | "last"): string[] {
  return list
    .split(",")
    .map((each) => each.trim().replace(/^type /, ""))
    .filter((each) => each !== "")
    .map((each) => each.split(/\s+as\s+/).at(which === "first" ? 0 : -1) ?? "");
}

/** `path: name` of each export that no file uses, but its own. */
function unused(files: ReadonlyMap<string, string>, isChecked: (path: string) => boolean): string[] {
  const all = new Map([...files].map(([path, text]) => [path, read(path, text)]));
  const used = new Set(
    [...all.values()].flatMap(({ uses }) => uses.map(({ file, name }) => `${file}: ${name}`)),
  );
  return [...all].flatMap(([path, { exports }]) =>
    !isChecked(path) || used.has(`${path}: *`)
      ? []
      : exports.map((name) => `${path}: ${name}`).filter((each) => !used.has(each)),
  );
}

describe("exports", () => {
  it("are all used", () => {
    const patterns = [
      "src/**/*.ts",
      "runtime/node/**/*.ts",
      "webview/**/*.{ts,tsx}",
      "test/**/*.{ts,mjs}",
      "scripts/**/*.mjs",
    ];
    const paths = globSync(patterns, { cwd: root, exclude: (name) => name === "node_modules" });
    const files = new Map(
      paths.map((path) => [join(root, path), readFileSync(join(root, path), "utf8")] as const),
    );
    const protocol = join(root, "src", "protocol") + sep;
    const calledByVsCode = `${join(root, "src", "extension", "main.ts")}: activate`;
    const checked = [join(root, "src") + sep, join(root, "runtime", "node") + sep];
    const found = unused(
      files,
      (path) => checked.some((folder) => path.startsWith(folder)) && !path.startsWith(protocol),
    );
    assert.deepEqual(
      found.filter((each) => each !== calledByVsCode).map((each) => each.slice(root.length + 1)),
      [],
    );
  });

  it("are told apart from what is used", () => {
    const at = (name: string): string => resolve(root, name);
    const files = new Map([
      [
        at("a.ts"),
        "export function used() {}\nexport const own = 1;\nconst b = 2;\nexport { b as c };\ninterface X {}\nexport type Y = X;\n",
      ],
      [at("b.ts"), 'import {\n  type used as other,\n} from "./a.ts";\n'],
      [at("c.ts"), "export class Whole {}\n"],
      [at("d.ts"), 'import * as whole from "./c.ts";\n'],
    ]);
    assert.deepEqual(
      unused(files, () => true),
      [`${at("a.ts")}: own`, `${at("a.ts")}: Y`, `${at("a.ts")}: c`],
    );
  });
});
