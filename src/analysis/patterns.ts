// Gives names, fields and parameters their values, as the pattern on the left says.

import type { Expression, Pattern } from "./program.ts";
import {
  type Arguments,
  constant,
  type FunctionValue,
  isNothing,
  type Scope,
  UNKNOWN,
  type Value,
} from "./values.ts";

export interface PatternHost {
  evaluate(expression: Expression, scope: Scope): Value;
  member(value: Value, name: string): Value;
}

export class Patterns {
  readonly #host: PatternHost;

  constructor(host: PatternHost) {
    this.#host = host;
  }

  /** `maybe`: it is not certain that the program comes here. */
  assign(target: Pattern, value: Value, scope: Scope, maybe: boolean): void {
    switch (target.kind) {
      case "name": {
        const old = scope.names.get(target.name);
        // What only may happen does not take away what is known: `except ImportError: graph = None`.
        if (maybe && old && isNothing(value)) return;
        scope.names.set(target.name, value);
        scope.spans.set(target.name, target.span);
        return;
      }
      case "place": {
        const { place } = target;
        if (place.kind !== "member" && place.kind !== "index") return;
        const object = this.#host.evaluate(place.object, scope);
        const key = place.kind === "member" ? constant(place.name) : this.#host.evaluate(place.index, scope);
        if (key.kind !== "constant") return;
        const fields =
          object.kind === "instance" || object.kind === "class"
            ? object.fields
            : object.kind === "dictionary"
              ? object.entries
              : undefined;
        if (fields && !(maybe && isNothing(value) && fields.has(String(key.value)))) {
          fields.set(String(key.value), value);
        }
        return;
      }
      case "list":
        target.items.forEach((item, index) => {
          const rest = item.kind === "rest";
          const part =
            value.kind !== "list"
              ? UNKNOWN
              : rest
                ? { kind: "list" as const, items: value.items.slice(index) }
                : (value.items[index] ?? UNKNOWN);
          this.assign(rest ? item.target : item, part, scope, maybe);
        });
        return;
      case "fields":
        for (const field of target.fields) {
          const given =
            value.kind === "dictionary"
              ? (value.entries.get(field.key) ?? UNKNOWN)
              : this.#host.member(value, field.key);
          this.assign(field.target, given, scope, maybe);
        }
        return;
      case "default":
        this.assign(
          target.target,
          isNothing(value) ? this.#host.evaluate(target.value, scope) : value,
          scope,
          maybe,
        );
        return;
      case "rest":
        this.assign(target.target, value, scope, maybe);
        return;
      case "ignored":
        return;
    }
  }

  /** Gives a function's parameters, and the object it is a method of, their values. */
  bind(value: FunctionValue, args: Arguments, scope: Scope): void {
    const { code, self } = value;
    let params = code.params;
    if (code.kind !== "arrow" && scope.language === "typescript") scope.names.set("this", self ?? UNKNOWN);
    if (scope.language === "python" && self && code.kind !== "static" && params[0]) {
      this.assign(params[0].pattern, self, scope, false);
      params = params.slice(1);
    }
    params.forEach((param, index) => {
      const { pattern } = param;
      if (param.kind === "rest") {
        this.assign(pattern, { kind: "list", items: args.positional.slice(index) }, scope, false);
        return;
      }
      if (param.kind === "keywords") {
        const rest = new Map(
          [...args.named].filter(([name]) => !params.some((other) => other.name === name)),
        );
        this.assign(pattern, { kind: "dictionary", entries: rest, spans: new Map() }, scope, false);
        return;
      }
      const given =
        (param.name === undefined ? undefined : args.named.get(param.name)) ?? args.positional[index];
      const bound = given ?? (param.fallback ? this.#host.evaluate(param.fallback, scope) : UNKNOWN);
      this.assign(pattern, bound, scope, false);
    });
  }
}
