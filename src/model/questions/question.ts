// What an interrupt asks, as far as its payload tells: the shapes that `recognise` finds.

import type { Json, JsonObject } from "../json.ts";

/** What can be decided about a call, by the name that the graph's code expects. */
export type Decision = "approve" | "accept" | "edit" | "reject" | "ignore" | "respond" | "response";

/** A call that waits for a decision. */
export interface Call {
  readonly name: string;
  readonly args: Json;
  /** May be Markdown. */
  readonly description?: string;
  /** Those that the graph allows; never empty. */
  readonly decisions: readonly Decision[];
  /** JSON Schema of the arguments. */
  readonly argsSchema?: JsonObject;
}

/**
 * How decisions are written down. `responses`: HumanResponse of the older agents. `decisions`: one object with a list
 * of them. `bare`: the one decision as it is.
 */
export type Wire =
  | { readonly kind: "responses"; readonly list: boolean }
  | {
      readonly kind: "decisions";
      /** Key of an edited call: `edited_action` in Python, `editedAction` in JavaScript. */
      readonly editedKey: "edited_action" | "editedAction";
      /** Early versions say `arguments`. */
      readonly argsKey: "args" | "arguments";
    }
  | { readonly kind: "bare"; readonly editedKey: "edited_action" | "editedAction"; readonly argsKey: "args" };

/** Ways to answer a free question; what they give is the answer itself. */
export type Way = "yesNo" | "choice" | "number" | "text" | "editText" | "editObject" | "json";

export interface Choice {
  readonly label: string;
  readonly value: Json;
}

/** One form each. */
export type Question =
  /** Decide on each of these calls. */
  | { readonly kind: "calls"; readonly calls: readonly Call[]; readonly wire: Wire }
  /** Fill in what this JSON Schema describes. */
  | { readonly kind: "schema"; readonly schema: JsonObject }
  | {
      readonly kind: "free";
      /** The likeliest first. Plain text and JSON are always among them. */
      readonly ways: readonly Way[];
      readonly choices: readonly Choice[];
      /** A text of the payload that can be edited; under this key, unless it is the whole payload. */
      readonly text?: { readonly key?: string; readonly value: string };
      /** The same for an object. */
      readonly object?: { readonly key?: string; readonly value: JsonObject };
    };
