// What the readers of both languages have in common: a file's text, its functions, and the program made of it.

import { collectFunctions, type FunctionFacts, type FunctionGrammar } from "./functions.ts";
import type {
  Constant,
  Expression,
  Language,
  LineSpan,
  Pattern,
  Program,
  Span,
  Statement,
} from "./program.ts";
import type { SyntaxNode, SyntaxTree } from "./syntax.ts";

export abstract class Reader {
  protected readonly path: string;
  protected readonly text: string;
  protected readonly root: SyntaxNode;
  /** Filled as the statements are read. */
  protected readonly scripts: LineSpan[] = [];
  #facts: ReadonlyMap<number, FunctionFacts> = new Map();

  constructor(path: string, tree: SyntaxTree) {
    this.path = path;
    this.text = tree.text;
    this.root = tree.root;
  }

  protected abstract readonly language: Language;
  protected abstract functionGrammar(): FunctionGrammar;
  protected abstract statements(nodes: readonly SyntaxNode[]): Statement[];
  protected abstract expression(node: SyntaxNode): Expression;
  protected abstract pattern(node: SyntaxNode): Pattern;

  program(): Program {
    const { facts, places, errors } = collectFunctions(this.root, this.path, this.functionGrammar());
    this.#facts = facts;
    return {
      path: this.path,
      language: this.language,
      statements: this.statements(this.root.children),
      functions: places,
      scripts: this.scripts,
      errors,
    };
  }

  protected textOf(node: SyntaxNode): string {
    return this.text.slice(node.start, node.end);
  }

  protected expressions(nodes: readonly SyntaxNode[]): Expression[] {
    return nodes.filter((node) => node.type !== "comment").map((node) => this.expression(node));
  }

  protected factsOf(node: SyntaxNode): FunctionFacts {
    const facts = this.#facts.get(node.start);
    if (facts) return facts;
    const { line, endLine } = node;
    const place = { path: this.path, line, endLine, definitionLine: line, returns: [], interrupts: [] };
    return { place, buildsGraph: false };
  }
}

export function spanOf(node: SyntaxNode): Span {
  return { start: node.start, line: node.line, endLine: node.endLine };
}

export function constantAt(value: Constant, span: Span): Extract<Expression, { kind: "constant" }> {
  return { kind: "constant", value, span };
}

/** `c` of `a.b.c`. */
export function lastPart(name: string): string {
  return name.slice(name.lastIndexOf(".") + 1).trim();
}
