// Writes runtime/schema/protocol.schema.json and the Python types from src/protocol/runtime.ts; `--check` only compares.

import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));
const schemaPath = join(root, "runtime", "schema", "protocol.schema.json");
const pythonFolder = join(root, "runtime", "python", "langgraph_debugger");
/** What concerns the file alone has a Python module of its own. */
const fileSource = readFileSync(join(root, "src", "protocol", "thread-file.ts"), "utf8");

async function jsonSchema() {
  const { createGenerator } = await import("ts-json-schema-generator");
  const schema = createGenerator({
    path: join(root, "src", "protocol", "runtime.ts"),
    tsconfig: join(root, "src", "protocol", "tsconfig.json"),
    type: "*",
    expose: "export",
    topRef: false,
    jsDoc: "extended",
    skipTypeCheck: true,
    additionalProperties: false,
    sortProps: false,
  }).createSchema("*");
  return `${JSON.stringify(schema, null, 2)}\n`;
}

// ---- Python: one TypedDict an object, one alias for everything else ---------------------------------------------

const camelToSnakeConstant = (name) => name.replace(/([a-z])([A-Z])/g, "$1_$2").toUpperCase();

function pythonType(schema) {
  if (schema.$ref) return JSON.stringify(decodeURIComponent(schema.$ref.split("/").pop()));
  if (schema.const !== undefined) return `Literal[${pythonLiteral(schema.const)}]`;
  if (schema.enum) return `Literal[${schema.enum.map(pythonLiteral).join(", ")}]`;
  const alternatives = schema.anyOf ?? schema.oneOf;
  if (alternatives) return `Union[${alternatives.map(pythonType).join(", ")}]`;
  if (Array.isArray(schema.type)) {
    return `Union[${schema.type.map((type) => pythonType({ ...schema, type })).join(", ")}]`;
  }
  switch (schema.type) {
    case "string":
      return "str";
    case "boolean":
      return "bool";
    case "number":
    case "integer":
      return schema.type === "integer" ? "int" : "float";
    case "null":
      return "None";
    case "array":
      return `list[${schema.items ? pythonType(schema.items) : "Any"}]`;
    case "object":
      return `dict[str, ${typeof schema.additionalProperties === "object" ? pythonType(schema.additionalProperties) : "Any"}]`;
    default:
      return "Any";
  }
}

/** What a module needs of `typing`. */
const typing = (definitions) =>
  ["Any", "Literal", "TypedDict", "Union"]
    .filter(
      (name) => name === "TypedDict" || definitions.some((text) => new RegExp(`\\b${name}\\b`).test(text)),
    )
    .join(", ");

const pythonLiteral = (value) =>
  typeof value === "boolean" ? (value ? "True" : "False") : JSON.stringify(value);

/** Type of a property; an object written in place becomes a definition of its own, called `name`. */
function pythonProperty(name, property, out) {
  if (property.properties) {
    pythonDefinition(name, property, out);
    return JSON.stringify(name);
  }
  if (property.type === "array" && property.items?.properties) {
    return `list[${pythonProperty(name, property.items, out)}]`;
  }
  return pythonType(property);
}

const pythonKeywords = new Set([
  "class",
  "def",
  "del",
  "for",
  "from",
  "global",
  "if",
  "import",
  "in",
  "is",
  "pass",
]);
const isPythonName = (key) => /^[A-Za-z]\w*$/.test(key) && !pythonKeywords.has(key);

function pythonDefinition(name, schema, out, doc) {
  const text = doc ? [`"""${doc}"""`] : [];
  if (schema.type === "object" && schema.properties) {
    const required = new Set(schema.required ?? []);
    const fields = Object.entries(schema.properties).map(([key, property]) => {
      const inner = pythonProperty(`${name}_${key}`, property, out);
      return [key, required.has(key) ? inner : `NotRequired[${inner}]`];
    });
    if (fields.every(([key]) => isPythonName(key))) {
      const body = [...text, ...fields.map(([key, type]) => `${key}: ${type}`)];
      out.push([`class ${name}(TypedDict):`, ...body.map((line) => `    ${line}`)].join("\n"));
    } else {
      // A key such as `from` can only be said this way.
      const items = fields.map(([key, type]) => `    ${JSON.stringify(key)}: ${type},`);
      out.push([`${name} = TypedDict("${name}", {`, ...items, "})", ...text].join("\n"));
    }
    return;
  }
  let type = name === "Json" ? "Any" : pythonType(schema);
  if (schema.anyOf?.some((each) => each.properties)) {
    const names = schema.anyOf.map((each, index) => {
      if (!each.properties) return pythonType(each);
      pythonDefinition(`${name}_${index}`, each, out);
      return JSON.stringify(`${name}_${index}`);
    });
    type = `Union[${names.join(", ")}]`;
  }
  out.push([`${name} = ${type}`, ...text].join("\n"));
}

/** The module with the types of these names. */
function pythonTypes(schema, about, constants, belongs) {
  const out = [];
  for (const [name, definition] of Object.entries(schema.definitions)) {
    if (["Requests", "FileRequests", "Events"].includes(name) || !/^[A-Z]\w*$/.test(name)) continue;
    if (!belongs(name)) continue;
    const { description, ...shape } = definition;
    pythonDefinition(name, shape, out, description?.replaceAll("\\", "\\\\"));
  }
  return [
    `"""${about}; generated by \`npm run schema\`, not edited by hand."""`,
    "",
    "from __future__ import annotations",
    "",
    `from typing import ${typing(out)}`,
    "",
    "from typing_extensions import NotRequired",
    "",
    ...constants,
    out.join("\n\n"),
    "",
  ].join("\n");
}

const schemaText = await jsonSchema();
const schema = JSON.parse(schemaText);
const source = readFileSync(join(root, "src", "protocol", "runtime.ts"), "utf8");
const version = /export const protocolVersion = (\d+)/.exec(source)[1];
const isOfFile = (name) => new RegExp(`^(?:export )?(?:interface|type) ${name}\\b`, "m").test(fileSource);
const files = [
  [schemaPath, schemaText],
  [
    join(pythonFolder, "protocol.py"),
    pythonTypes(
      schema,
      "Types of the protocol between adapter and runtime",
      [`${camelToSnakeConstant("protocolVersion")} = ${version}`, ""],
      (name) => !isOfFile(name),
    ),
  ],
  [
    join(pythonFolder, "file_protocol.py"),
    pythonTypes(schema, "Types of the protocol's requests about the checkpoint file", [], isOfFile),
  ],
];

if (process.argv.includes("--check")) {
  const read = (path) => {
    try {
      return readFileSync(path, "utf8").replaceAll("\r\n", "\n");
    } catch {
      return undefined;
    }
  };
  const stale = files.filter(([path, text]) => read(path) !== text);
  for (const [path] of stale) console.error(`${path} is not what src/protocol says: run npm run schema`);
  process.exitCode = stale.length > 0 ? 1 : 0;
} else {
  for (const [path, text] of files) writeFileSync(path, text);
}
