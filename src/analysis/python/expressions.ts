// Reads Python expressions and types; functions inside them are left to the statement reader.

import type { Argument, Entry, Expression, FunctionCode, Pattern, Span, TypeShape } from "../program.ts";
import { constantAt, lastPart, Reader, spanOf } from "../reader.ts";
import { childOf, childrenOf, type SyntaxNode } from "../syntax.ts";

export abstract class PythonExpressions extends Reader {
  protected readonly language = "python";

  protected abstract functionCode(
    node: SyntaxNode,
    decorators: readonly Expression[],
    inClass: boolean,
  ): FunctionCode;

  // Types

  /** `Route = Literal["a", "b"]` at any level: a type that annotations may name. */
  protected aliasType(right: SyntaxNode): TypeShape | undefined {
    if (right.type !== "subscript") return undefined;
    return /^(typing\.|t\.)?(Literal|Union|Optional|Command)\b/.test(this.textOf(right))
      ? this.type(right)
      : undefined;
  }

  /** A type, also one that is written as a string: `-> "Command[Literal['a']]"`. */
  protected annotation(node: SyntaxNode): TypeShape {
    const quoted = node.children[0]?.type === "string" ? this.#string(node.children[0]) : undefined;
    if (typeof quoted !== "string") return this.type(node);
    const names = [...quoted.matchAll(/\bLiteral\[([^\]]*)\]/g)].flatMap(([, list]) =>
      [...(list ?? "").matchAll(/["']([^"']*)["']/g)].map(([, value]) => value ?? ""),
    );
    const literals: TypeShape = {
      kind: "union",
      options: names.map((value) => ({ kind: "literal", value })),
    };
    if (/\bCommand\[/.test(quoted)) return { kind: "named", name: "Command", args: [literals] };
    return names.length > 0 ? literals : { kind: "named", name: quoted.trim(), args: [] };
  }

  protected type(node: SyntaxNode): TypeShape {
    const [only] = node.children;
    switch (node.type) {
      case "type":
      case "parenthesized_expression":
        return only ? this.type(only) : { kind: "named", name: "", args: [] };
      case "string": {
        const value = this.#string(node);
        const literal = typeof value === "string" ? value : "";
        return { kind: "literal", value: literal };
      }
      case "generic_type": {
        const args = node.children.filter((child) => child.type === "type_parameter");
        const name = node.children[0];
        return {
          kind: "named",
          name: name ? lastPart(this.textOf(name)) : "",
          args: args.flatMap((child) => child.children.map((inner) => this.type(inner))),
        };
      }
      case "subscript": {
        const name = childOf(node, "value");
        return {
          kind: "named",
          name: name ? lastPart(this.textOf(name)) : "",
          args: childrenOf(node, "subscript").map((child) => this.type(child)),
        };
      }
      case "tuple":
      case "list":
      case "union_type":
        return { kind: "union", options: node.children.map((child) => this.type(child)) };
      case "binary_operator":
        return { kind: "union", options: node.children.map((child) => this.type(child)) };
      default:
        return { kind: "named", name: lastPart(this.textOf(node)), args: [] };
    }
  }

  // Expressions

  protected pattern(node: SyntaxNode): Pattern {
    switch (node.type) {
      case "identifier":
        return { kind: "name", name: this.textOf(node), span: spanOf(node) };
      case "attribute":
      case "subscript":
        return { kind: "place", place: this.expression(node) };
      case "pattern_list":
      case "tuple_pattern":
      case "list_pattern":
      case "expression_list":
      case "tuple":
        return { kind: "list", items: node.children.map((child) => this.pattern(child)) };
      case "list_splat_pattern": {
        const inner = node.children[0];
        return inner ? { kind: "rest", target: this.pattern(inner) } : { kind: "ignored" };
      }
      default:
        return { kind: "ignored" };
    }
  }

  protected expression(node: SyntaxNode): Expression {
    const span = spanOf(node);
    const field = (name: string): Expression | undefined => {
      const child = childOf(node, name);
      return child && this.expression(child);
    };
    const other = (): Expression => ({ kind: "other", parts: this.expressions(node.children), span });
    switch (node.type) {
      case "identifier":
        return { kind: "name", name: this.textOf(node), span };
      case "string":
      case "concatenated_string": {
        const value = this.#string(node);
        return typeof value === "string"
          ? { kind: "constant", value, span }
          : { kind: "template", parts: value, span };
      }
      case "integer":
      case "float":
        return constantAt(Number(this.textOf(node)), span);
      case "unary_operator": {
        const number = Number(this.textOf(node).replace(/[\s_]/g, ""));
        return Number.isNaN(number) ? other() : constantAt(number, span);
      }
      case "true":
      case "false":
        return constantAt(node.type === "true", span);
      case "none":
        return constantAt(null, span);
      case "attribute": {
        const object = field("object");
        const name = childOf(node, "attribute");
        return object && name ? { kind: "member", object, name: this.textOf(name), span } : other();
      }
      case "subscript": {
        const object = field("value");
        const index = field("subscript");
        return object && index ? { kind: "index", object, index, span } : other();
      }
      case "call":
        return this.#call(node, span) ?? other();
      case "lambda":
        return { kind: "function", code: this.functionCode(node, [], false), span };
      case "list":
      case "tuple":
      case "set":
      case "expression_list":
        return { kind: "list", items: this.expressions(node.children), span };
      case "dictionary":
        return { kind: "dictionary", entries: this.#entries(node), span };
      case "list_splat":
      case "dictionary_splat": {
        const inner = node.children[0];
        return inner ? { kind: "spread", value: this.expression(inner), span } : other();
      }
      case "parenthesized_expression":
      case "await": {
        const inner = node.children.find((child) => child.type !== "comment");
        return inner ? this.expression(inner) : other();
      }
      case "binary_operator": {
        const [left, right] = [childOf(node, "left"), childOf(node, "right")];
        if (!left || !right) return other();
        const operator = this.text
          .slice(left.end, right.start)
          .replace(/[()\\]|#.*/g, "")
          .trim();
        return {
          kind: "binary",
          operator,
          left: this.expression(left),
          right: this.expression(right),
          span,
        };
      }
      case "conditional_expression": {
        const [yes, , no] = this.expressions(node.children);
        return yes && no ? { kind: "choice", options: [yes, no], span } : other();
      }
      case "boolean_operator":
        return { kind: "choice", options: this.expressions(node.children), span };
      case "named_expression": {
        const target = childOf(node, "name");
        const value = field("value");
        return target && value ? { kind: "assign", target: this.pattern(target), value, span } : other();
      }
      case "yield": {
        const inner = node.children[0];
        return inner ? { kind: "yield", value: this.expression(inner), span } : other();
      }
      case "list_comprehension":
      case "set_comprehension":
      case "generator_expression":
      case "dictionary_comprehension":
        return this.#comprehension(node, span) ?? other();
      default:
        return other();
    }
  }

  #call(node: SyntaxNode, span: Span): Expression | undefined {
    const callee = childOf(node, "function");
    const args = childOf(node, "arguments");
    if (!callee || !args) return undefined;
    const named = callee.type === "attribute" ? (childOf(callee, "attribute") ?? callee) : callee;
    const list: Argument[] = [];
    if (args.type === "generator_expression") list.push({ value: this.expression(args) });
    else {
      for (const child of args.children) {
        if (child.type === "comment") continue;
        const value = childOf(child, "value");
        const name = childOf(child, "name");
        if (child.type === "keyword_argument" && name && value) {
          list.push({ name: this.textOf(name), value: this.expression(value) });
        } else list.push({ value: this.expression(child) });
      }
    }
    const site: Span = { start: named.start, line: named.line, endLine: node.endLine };
    return { kind: "call", callee: this.expression(callee), args: list, site, span };
  }

  #comprehension(node: SyntaxNode, span: Span): Expression | undefined {
    const body = childOf(node, "body");
    if (!body) return undefined;
    const clauses = node.children.flatMap((child) => {
      const left = childOf(child, "left");
      const right = childOf(child, "right");
      return child.type === "for_in_clause" && left && right
        ? [{ target: this.pattern(left), iterable: this.expression(right) }]
        : [];
    });
    const [key, value] = [childOf(body, "key"), childOf(body, "value")];
    return body.type === "pair" && key && value
      ? { kind: "comprehension", clauses, key: this.expression(key), body: this.expression(value), span }
      : { kind: "comprehension", clauses, body: this.expression(body), span };
  }

  #entries(node: SyntaxNode): Entry[] {
    return node.children.flatMap((child): Entry[] => {
      const inner = child.children[0];
      if (child.type === "dictionary_splat" && inner) return [{ value: this.expression(inner) }];
      const key = childOf(child, "key");
      const value = childOf(child, "value");
      return key && value ? [{ key: this.expression(key), value: this.expression(value) }] : [];
    });
  }

  /** The text of a string, or the parts of an f-string. */
  #string(node: SyntaxNode): string | Expression[] {
    const parts: Expression[] = [];
    const visit = (part: SyntaxNode): void => {
      const span = spanOf(part);
      if (part.type === "string_content") parts.push(constantAt(unescaped(this.textOf(part)), span));
      else if (part.type === "interpolation") {
        const inner = childOf(part, "expression");
        if (inner) parts.push(this.expression(inner));
      } else if (part.type === "string" || part.type === "concatenated_string") part.children.forEach(visit);
    };
    visit(node);
    if (parts.every((part) => part.kind === "constant")) return parts.map((part) => part.value).join("");
    return parts;
  }
}

function unescaped(text: string): string {
  return text.includes("\\")
    ? text.replace(/\\(.)/g, (_, c: string) => ({ n: "\n", t: "\t" })[c] ?? c)
    : text;
}
