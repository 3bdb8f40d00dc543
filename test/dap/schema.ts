// Validates DAP messages, both ways, against debugAdapterProtocol.json (Microsoft, MIT; see its licence beside it).

import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import type { ErrorObject, ValidateFunction } from "ajv";

interface Schema {
  definitions: { [name: string]: unknown };
}
interface Message {
  type: string;
  command?: string;
  event?: string;
  success?: boolean;
}

const schema = JSON.parse(
  readFileSync(new URL("debugAdapterProtocol.json", import.meta.url), "utf8"),
) as Schema;
type Draft4 = new (
  options: object,
) => { addSchema(schema: unknown, id: string): void; compile(schema: unknown): ValidateFunction };
const { default: Ajv } = createRequire(import.meta.url)("ajv-draft-04") as { default: Draft4 };
const ajv = new Ajv({ strict: false, allErrors: true, validateFormats: false });
ajv.addSchema(schema, "dap");
const compiled = new Map<string, ValidateFunction>();

/** What is wrong with the message, in one line each; empty when nothing is. */
export function problemsOf(message: unknown): string[] {
  const name = definitionOf(message as Message);
  let validate = compiled.get(name);
  if (!validate) {
    validate = ajv.compile({ $ref: `dap#/definitions/${name}` });
    compiled.set(name, validate);
  }
  if (validate(message)) return [];
  return (validate.errors ?? []).map(
    (error: ErrorObject) => `${name}${error.instancePath}: ${error.message}`,
  );
}

/** The most exact definition that the schema has for the message. */
function definitionOf(message: Message): string {
  const known = (name: string): string | undefined => (name in schema.definitions ? name : undefined);
  const upper = (name: string | undefined): string => `${name?.charAt(0).toUpperCase()}${name?.slice(1)}`;
  switch (message.type) {
    case "event":
      return known(`${upper(message.event)}Event`) ?? "Event";
    case "request":
      return known(`${upper(message.command)}Request`) ?? "Request";
    default:
      if (message.success === false) return "ErrorResponse";
      return known(`${upper(message.command)}Response`) ?? "Response";
  }
}
