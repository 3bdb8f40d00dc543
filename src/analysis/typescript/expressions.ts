// Reads TypeScript and JavaScript expressions and types; functions and classes are left to the statement reader.

import type { ClassCode, Entry, Expression, FunctionCode, Pattern, Span, TypeShape } from "../program.ts";
import { constantAt, lastPart, Reader, spanOf } from "../reader.ts";
import { childOf, type SyntaxNode } from "../syntax.ts";

export abstract class TypeScriptExpressions extends Reader {
  protected readonly language = "typescript";

  protected abstract functionCode(node: SyntaxNode): FunctionCode;
  protected abstract classCode(node: SyntaxNode): ClassCode;

  // Types

  protected type(node: SyntaxNode): TypeShape {
    const [only] = node.children;
    switch (node.type) {
      case "type_annotation":
      case "parenthesized_type":
      case "literal_type":
      case "type_query":
      case "readonly_type":
        return only ? this.type(only) : named(this.textOf(node));
      case "string":
        return { kind: "literal", value: only ? this.textOf(only) : "" };
      case "union_type":
        return { kind: "union", options: node.children.map((child) => this.type(child)) };
      case "array_type":
      case "tuple_type":
        return { kind: "named", name: "Array", args: node.children.map((child) => this.type(child)) };
      case "generic_type": {
        const name = childOf(node, "name");
        const args = childOf(node, "type_arguments")?.children ?? [];
        return {
          kind: "named",
          name: name ? lastPart(this.textOf(name)) : "",
          args: args.map((child) => this.type(child)),
        };
      }
      default:
        return named(lastPart(this.textOf(node)));
    }
  }

  // Patterns

  protected pattern(node: SyntaxNode): Pattern {
    const span = spanOf(node);
    switch (node.type) {
      case "identifier":
      case "shorthand_property_identifier_pattern":
        return { kind: "name", name: this.textOf(node), span };
      case "member_expression":
      case "subscript_expression":
        return { kind: "place", place: this.expression(node) };
      case "array_pattern":
        return { kind: "list", items: this.#arrayPattern(node) };
      case "object_pattern":
        return { kind: "fields", fields: node.children.flatMap((child) => this.#field(child)) };
      case "assignment_pattern":
      case "object_assignment_pattern": {
        const left = childOf(node, "left");
        const right = childOf(node, "right");
        if (!left || !right) return { kind: "ignored" };
        return { kind: "default", target: this.pattern(left), value: this.expression(right) };
      }
      case "rest_pattern": {
        const inner = node.children[0];
        return inner ? { kind: "rest", target: this.pattern(inner) } : { kind: "ignored" };
      }
      case "non_null_expression":
      case "as_expression":
      case "parenthesized_expression": {
        const inner = node.children[0];
        return inner ? this.pattern(inner) : { kind: "ignored" };
      }
      default:
        return { kind: "ignored" };
    }
  }

  /** Also with holes: `[, second]`. */
  #arrayPattern(node: SyntaxNode): Pattern[] {
    const items: Pattern[] = [];
    let end = node.start + 1;
    for (const child of node.children) {
      const commas = this.text.slice(end, child.start).split(",").length - 1;
      const holes = commas - (items.length > 0 ? 1 : 0);
      for (let hole = 0; hole < holes; hole++) items.push({ kind: "ignored" });
      items.push(this.pattern(child));
      end = child.end;
    }
    return items;
  }

  #field(node: SyntaxNode): { key: string; target: Pattern }[] {
    if (node.type === "pair_pattern") {
      const key = childOf(node, "key");
      const value = childOf(node, "value");
      return key && value ? [{ key: this.#key(key), target: this.pattern(value) }] : [];
    }
    if (node.type === "rest_pattern") return [{ key: "", target: this.pattern(node) }];
    const name = node.type === "object_assignment_pattern" ? childOf(node, "left") : node;
    return name ? [{ key: this.textOf(name), target: this.pattern(node) }] : [];
  }

  #key(node: SyntaxNode): string {
    const text = this.textOf(node);
    return node.type === "string" ? text.slice(1, -1) : text;
  }

  // Expressions

  protected expression(node: SyntaxNode): Expression {
    const span = spanOf(node);
    const other = (): Expression => ({ kind: "other", parts: this.expressions(node.children), span });
    const inner = (child: SyntaxNode | undefined): Expression => (child ? this.expression(child) : other());
    switch (node.type) {
      case "identifier":
      case "this":
      case "super":
      case "import":
      case "shorthand_property_identifier":
        return { kind: "name", name: this.textOf(node), span };
      case "undefined":
      case "null":
        return constantAt(null, span);
      case "true":
      case "false":
        return constantAt(node.type === "true", span);
      case "number":
        return constantAt(Number(this.textOf(node).replace(/_/g, "")), span);
      case "string":
        return constantAt(node.children.map((child) => this.#unescaped(child)).join(""), span);
      case "template_string":
        return this.#template(node, span);
      case "member_expression": {
        const object = childOf(node, "object");
        const name = childOf(node, "property");
        if (!object || !name) return other();
        return { kind: "member", object: this.expression(object), name: this.textOf(name), span };
      }
      case "subscript_expression": {
        const object = childOf(node, "object");
        const index = childOf(node, "index");
        if (!object || !index) return other();
        return { kind: "index", object: this.expression(object), index: this.expression(index), span };
      }
      case "call_expression":
      case "new_expression":
        return this.#call(node, span) ?? other();
      case "arrow_function":
      case "function_expression":
      case "generator_function":
      case "function_declaration":
      case "generator_function_declaration":
        return { kind: "function", code: this.functionCode(node), span };
      case "class":
      case "class_declaration":
        return { kind: "class", code: this.classCode(node), span };
      case "array":
        return { kind: "list", items: this.expressions(node.children), span };
      case "object":
        return { kind: "dictionary", entries: node.children.flatMap((child) => this.#entry(child)), span };
      case "spread_element":
        return node.children[0]
          ? { kind: "spread", value: this.expression(node.children[0]), span }
          : other();
      case "binary_expression": {
        const left = childOf(node, "left");
        const right = childOf(node, "right");
        if (!left || !right) return other();
        const operator = this.textOf(node)
          .slice(left.end - node.start, right.start - node.start)
          .trim();
        const sides = [this.expression(left), this.expression(right)] as const;
        if (/^(\?\?|\|\||&&)/.test(operator)) return { kind: "choice", options: sides, span };
        return { kind: "binary", operator, left: sides[0], right: sides[1], span };
      }
      case "ternary_expression": {
        const options = [childOf(node, "consequence"), childOf(node, "alternative")];
        return {
          kind: "choice",
          options: options.flatMap((child) => (child ? [this.expression(child)] : [])),
          span,
        };
      }
      case "as_expression":
      case "satisfies_expression":
      case "non_null_expression":
      case "parenthesized_expression":
      case "await_expression":
      case "instantiation_expression":
        return inner(node.children.find((child) => child.type !== "comment"));
      case "type_assertion":
      case "sequence_expression":
        return inner(node.children[node.children.length - 1]);
      case "assignment_expression": {
        const left = childOf(node, "left");
        const right = childOf(node, "right");
        if (!left || !right) return other();
        return { kind: "assign", target: this.pattern(left), value: this.expression(right), span };
      }
      case "yield_expression":
        return node.children[0] ? { kind: "yield", value: this.expression(node.children[0]), span } : other();
      default:
        return other();
    }
  }

  #call(node: SyntaxNode, span: Span): Expression | undefined {
    let callee = childOf(node, node.type === "new_expression" ? "constructor" : "function");
    // `await f<T>(x)` is read as a call of `await f<T>`.
    while (callee?.type === "await_expression" && callee.children[0]) callee = callee.children[0];
    if (!callee) return undefined;
    const named = callee.type === "member_expression" ? (childOf(callee, "property") ?? callee) : callee;
    const args = childOf(node, "arguments");
    const list = (args?.type === "arguments" ? args.children : []).filter(
      (child) => child.type !== "comment",
    );
    return {
      kind: "call",
      callee: this.expression(callee),
      args: list.map((child) => ({ value: this.expression(child) })),
      site: { start: named.start, line: named.line, endLine: node.endLine },
      span,
    };
  }

  #entry(node: SyntaxNode): Entry[] {
    const span = spanOf(node);
    switch (node.type) {
      case "pair": {
        const key = childOf(node, "key");
        const value = childOf(node, "value");
        if (!key || !value) return [];
        const computed = key.type === "computed_property_name" ? key.children[0] : undefined;
        return [
          {
            key: computed ? this.expression(computed) : constantAt(this.#key(key), spanOf(key)),
            value: this.expression(value),
          },
        ];
      }
      case "shorthand_property_identifier":
        return [{ key: constantAt(this.textOf(node), span), value: this.expression(node) }];
      case "method_definition": {
        const name = childOf(node, "name");
        if (!name) return [];
        const value: Expression = { kind: "function", code: this.functionCode(node), span };
        return [{ key: constantAt(this.#key(name), spanOf(name)), value }];
      }
      case "spread_element":
        return node.children[0] ? [{ value: this.expression(node.children[0]) }] : [];
      default:
        return [];
    }
  }

  #template(node: SyntaxNode, span: Span): Expression {
    const parts = node.children.flatMap((child): Expression[] => {
      const substituted = child.type === "template_substitution" ? child.children[0] : undefined;
      if (substituted) return [this.expression(substituted)];
      return [constantAt(this.#unescaped(child), spanOf(child))];
    });
    if (parts.every((part) => part.kind === "constant")) {
      return constantAt(parts.map((part) => part.value).join(""), span);
    }
    return { kind: "template", parts, span };
  }

  #unescaped(node: SyntaxNode): string {
    const text = this.textOf(node);
    if (node.type !== "escape_sequence") return text;
    return { "\\n": "\n", "\\t": "\t" }[text] ?? text.slice(1);
  }
}

function named(name: string): TypeShape {
  return { kind: "named", name, args: [] };
}
