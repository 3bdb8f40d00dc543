// What the schema of a graph's state says of an input or a value: zod, or any other standard schema.

import { errorInfo, RuntimeError } from "./errors.ts";
import type { Graph } from "./langgraph.ts";

type Issue = { message: string; path?: readonly (PropertyKey | { key: PropertyKey })[] };
type Result = { issues?: readonly Issue[] | undefined };

/** A field of a state schema: a schema, or LangGraph's own that has one. */
interface Field {
  "~standard"?: { validate(value: unknown): Result | Promise<Result> };
  /** Of versions of zod that are no standard schemas. */
  safeParse?(value: unknown): { error?: { issues: readonly Issue[] } };
  /** Of values with a reducer: `schema` is that of what is written. */
  valueSchema?: Field;
  schema?: Field;
}

interface Definition {
  /** Of LangGraph's `StateSchema`. */
  fields?: { [key: string]: Field };
  /** Of a zod object. */
  shape?: { [key: string]: Field };
}

/** Throws RuntimeError with what the schema says against the input. */
export async function checkInput(graph: Graph, input: unknown): Promise<void> {
  try {
    await graph._validateInput?.(input);
  } catch (error) {
    const info = errorInfo(error);
    const message = `The input does not fit the graph's schema: ${info.message}`;
    throw new RuntimeError("invalidInput", message, { info, cause: error });
  }
}

/** What is wrong with a value of a key of the state, with its place; undefined: nothing, or there is no schema. */
export async function problemWith(graph: Graph, key: string, value: unknown): Promise<string | undefined> {
  const builder = graph.builder as { _schemaRuntimeDefinition?: Definition } | undefined;
  const definition = builder?._schemaRuntimeDefinition;
  const field = definition?.fields?.[key] ?? definition?.shape?.[key];
  const schema = isSchema(field) ? field : (field?.valueSchema ?? field?.schema);
  const [issue] = schema === undefined ? [] : await issuesOf(schema, value);
  if (issue === undefined) return undefined;
  const steps = (issue.path ?? []).map((step) => String(typeof step === "object" ? step.key : step));
  return `${[key, ...steps].join(".")}: ${issue.message}`;
}

const isSchema = (field: Field | undefined): boolean =>
  field !== undefined && ("~standard" in field || typeof field.safeParse === "function");

async function issuesOf(schema: Field, value: unknown): Promise<readonly Issue[]> {
  try {
    if (schema["~standard"] !== undefined) return (await schema["~standard"].validate(value)).issues ?? [];
    return schema.safeParse?.(value).error?.issues ?? [];
  } catch (error) {
    // A check of the author's own that raises.
    return [{ message: String(error) }];
  }
}
