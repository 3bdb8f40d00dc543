// Reads TypeScript functions and classes.

import type { ClassCode, Expression, FunctionCode, Parameter, Statement } from "../program.ts";
import { spanOf } from "../reader.ts";
import { childOf, type SyntaxNode } from "../syntax.ts";
import { TypeScriptExpressions } from "./expressions.ts";

export abstract class TypeScriptFunctions extends TypeScriptExpressions {
  protected functionCode(node: SyntaxNode): FunctionCode {
    const { place, buildsGraph } = this.factsOf(node);
    const body = childOf(node, "body");
    const returnType = childOf(node, "return_type");
    const parameters = childOf(node, "parameters");
    const single = childOf(node, "parameter");
    const ownName = childOf(node, "name");
    const header = this.text.slice(node.start, ownName?.start ?? node.start);
    let statements: readonly Statement[] | undefined;
    return {
      ...(place.name === undefined ? {} : { name: place.name }),
      place,
      params: parameters
        ? parameters.children.flatMap((child) => this.#parameter(child))
        : single
          ? [this.#plainParameter(single)]
          : [],
      decorators: [],
      ...(returnType ? { returnType: this.type(returnType) } : {}),
      kind:
        node.type === "arrow_function"
          ? "arrow"
          : node.type !== "method_definition"
            ? "function"
            : /\bstatic\b/.test(header)
              ? "static"
              : /\bget\s/.test(header)
                ? "getter"
                : "method",
      start: node.start,
      buildsGraph,
      text: () => (body ? this.textOf(body) : ""),
      body: () => {
        statements ??= !body
          ? []
          : body.type === "statement_block"
            ? [...this.#parameterProperties(parameters), ...this.statements(body.children)]
            : [{ kind: "return", value: this.expression(body), span: spanOf(body) }];
        return statements;
      },
    };
  }

  #plainParameter(node: SyntaxNode): Parameter {
    const pattern = this.pattern(node);
    return { pattern, kind: "plain", ...(pattern.kind === "name" ? { name: pattern.name } : {}) };
  }

  #parameter(node: SyntaxNode): Parameter[] {
    const patternNode = childOf(node, "pattern");
    if (!patternNode) return [];
    const rest = patternNode.type === "rest_pattern";
    const inner = rest ? patternNode.children[0] : patternNode;
    if (!inner) return [];
    const plain = this.#plainParameter(inner);
    const type = childOf(node, "type");
    const value = childOf(node, "value");
    return [
      {
        ...plain,
        kind: rest ? "rest" : "plain",
        ...(type ? { type: this.type(type) } : {}),
        ...(value
          ? { fallback: this.expression(value) }
          : node.type === "optional_parameter"
            ? { fallback: { kind: "constant", value: null, span: spanOf(node) } }
            : {}),
      },
    ];
  }

  /** `constructor(private model: Model)` also assigns `this.model`. */
  #parameterProperties(parameters: SyntaxNode | undefined): Statement[] {
    return (parameters?.children ?? []).flatMap((child): Statement[] => {
      const pattern = childOf(child, "pattern");
      const modified = child.children.some((inner) => /modifier$/.test(inner.type));
      if (!modified || pattern?.type !== "identifier") return [];
      const span = spanOf(pattern);
      const name = this.textOf(pattern);
      const object: Expression = { kind: "name", name: "this", span };
      const target = { kind: "place", place: { kind: "member", object, name, span } } as const;
      return [{ kind: "assign", target, value: { kind: "name", name, span }, span }];
    });
  }

  protected classCode(node: SyntaxNode): ClassCode {
    const methods = new Map<string, FunctionCode>();
    const fields: ClassCode["fields"][number][] = [];
    for (const child of childOf(node, "body")?.children ?? []) {
      const name = childOf(child, "name");
      if (!name) continue;
      if (child.type === "method_definition") methods.set(this.textOf(name), this.functionCode(child));
      const value = childOf(child, "value");
      if (child.type === "public_field_definition" && value) {
        const instance = !/\bstatic\b/.test(this.text.slice(child.start, name.start));
        fields.push({ name: this.textOf(name), value: this.expression(value), instance });
      }
    }
    const heritage = node.children.find((child) => child.type === "class_heritage");
    const extended = heritage?.children.find((child) => child.type === "extends_clause");
    const base = extended ? childOf(extended, "value") : undefined;
    const nameNode = childOf(node, "name");
    return {
      ...(nameNode ? { name: this.textOf(nameNode) } : {}),
      bases: base ? [this.expression(base)] : [],
      decorators: [],
      methods,
      fields,
      span: spanOf(node),
    };
  }
}
