// LangChain messages: which objects are messages, what of them is stored, and how they are made again.

import type { SerializerProtocol } from "@langchain/langgraph-checkpoint";

// The classes that LangChain's own loader knows under ["langchain_core", "messages"].
const NAMES: readonly string[] = ["AI", "Chat", "Function", "Human", "System", "Tool"]
  .flatMap((kind) => [`${kind}Message`, `${kind}MessageChunk`])
  .concat("RemoveMessage");

/** Constructor arguments that satisfy every one of these classes. */
const SAMPLE = { content: "", id: "-", name: "-", role: "user", tool_call_id: "-" };

type Fields = Record<string, unknown>;
type Constructor = new (fields: Fields) => object;

interface Serializable {
  readonly lc_kwargs: Fields;
  readonly lc_id: readonly string[];
  readonly lc_serializable: boolean;
  readonly lc_secrets?: unknown;
  readonly lc_attributes?: unknown;
}

const nameOfClass = new WeakMap<object, string | null>();

/** The name of the message class that `value` is an instance of; undefined for anything else. */
export function messageName(value: object): string | undefined {
  if (!("lc_serializable" in value)) return undefined;
  const prototype: object = Object.getPrototypeOf(value);
  let name = nameOfClass.get(prototype);
  if (name === undefined) {
    name = findName(value as Serializable);
    nameOfClass.set(prototype, name);
  }
  return name ?? undefined;
}

function findName(value: Serializable): string | null {
  // Messages have neither secrets nor attributes beside their arguments; a subclass that has is another class.
  if (value.lc_serializable !== true || value.lc_secrets !== undefined || value.lc_attributes !== undefined) {
    return null;
  }
  const [library, folder, name, ...rest] = value.lc_id;
  const known = library === "langchain_core" && folder === "messages" && rest.length === 0;
  return known && name !== undefined && NAMES.includes(name) ? name : null;
}

/** The arguments that a message was made with; what it has now under the same keys goes before them. */
export function fieldsOf(message: object): Fields {
  return (message as Serializable).lc_kwargs;
}

/** The user's own message classes, learned from the serialiser of the user's own packages. */
export class MessageClasses {
  readonly #classes = new Map<string, Constructor>();
  #snapshot: (new (value: unknown) => object) | undefined;
  #learned: Promise<void> | undefined;

  /** Must have been awaited before a message is made. */
  learn(serde: SerializerProtocol): Promise<void> {
    this.#learned ??= this.#learnAll(serde);
    return this.#learned;
  }

  async #learnAll(serde: SerializerProtocol): Promise<void> {
    const load = async (json: object): Promise<unknown> => {
      try {
        return await serde.loadsTyped("json", Buffer.from(JSON.stringify(json), "utf8"));
      } catch {
        return undefined; // a class that this version of LangChain does not have
      }
    };
    await Promise.all(
      NAMES.map(async (name) => {
        const id = ["langchain_core", "messages", name];
        const sample = await load({ lc: 1, type: "constructor", id, kwargs: SAMPLE });
        if (typeof sample === "object" && sample !== null && messageName(sample) === name) {
          this.#classes.set(name, sample.constructor as Constructor);
        }
      }),
    );
    const snapshot = await load({ lc: 2, type: "delta_snapshot", value: null });
    if (isDeltaSnapshot(snapshot)) this.#snapshot = snapshot.constructor as new (value: unknown) => object;
  }

  /** A message; undefined when the user's packages do not have its class. */
  message(name: string, fields: Fields): object | undefined {
    const Class = this.#classes.get(name);
    return Class === undefined ? undefined : new Class(fields);
  }

  /** LangGraph's `DeltaSnapshot`, which it knows by its `lg_name`. */
  deltaSnapshot(value: unknown): object {
    return this.#snapshot === undefined ? { lg_name: "DeltaSnapshot", value } : new this.#snapshot(value);
  }
}

/** LangGraph's own test for the marker that a snapshot of a delta channel carries. */
export function isDeltaSnapshot(value: unknown): value is { value: unknown } & object {
  return (
    typeof value === "object" &&
    value !== null &&
    (value as Fields).lg_name === "DeltaSnapshot" &&
    "value" in value
  );
}
