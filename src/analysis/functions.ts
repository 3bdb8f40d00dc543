// Finds every function of a syntax tree in one pass: its lines, its returns and its calls of `interrupt`.

import type { FunctionPlace, LineSpan } from "./program.ts";
import type { SyntaxNode } from "./syntax.ts";

/** What the pass must know of a language. */
export interface FunctionGrammar {
  isFunction(node: SyntaxNode): boolean;
  name(node: SyntaxNode, parents: readonly SyntaxNode[]): string | undefined;
  /** Where the function starts with its decorators. */
  outer(node: SyntaxNode, parents: readonly SyntaxNode[]): SyntaxNode;
  firstStatement(node: SyntaxNode): SyntaxNode | undefined;
  readonly returnTypes: ReadonlySet<string>;
  readonly callTypes: ReadonlySet<string>;
  isInterrupt(call: SyntaxNode): boolean;
  buildsGraph(call: SyntaxNode): boolean;
}

export interface FunctionFacts {
  readonly place: FunctionPlace;
  readonly buildsGraph: boolean;
}

interface OpenFunction {
  readonly node: SyntaxNode;
  readonly returns: LineSpan[];
  readonly interrupts: LineSpan[];
  buildsGraph: boolean;
}

export interface CollectedFunctions {
  /** By the offset at which the function's node starts. */
  readonly facts: ReadonlyMap<number, FunctionFacts>;
  readonly places: readonly FunctionPlace[];
  readonly errors: readonly number[];
}

const MAX_ERRORS = 20;

export function collectFunctions(
  root: SyntaxNode,
  path: string,
  grammar: FunctionGrammar,
): CollectedFunctions {
  const facts = new Map<number, FunctionFacts>();
  const errors: number[] = [];
  const open: OpenFunction[] = [];
  const parents: SyntaxNode[] = [];
  const nextChild: number[] = [];

  const enter = (node: SyntaxNode): void => {
    if (grammar.isFunction(node)) {
      open.push({ node, returns: [], interrupts: [], buildsGraph: false });
      return;
    }
    const current = open[open.length - 1];
    if (node.type === "ERROR" && errors.length < MAX_ERRORS) errors.push(node.line);
    if (!current) return;
    if (grammar.returnTypes.has(node.type)) {
      current.returns.push({ line: node.line, endLine: node.endLine });
    } else if (grammar.callTypes.has(node.type)) {
      if (grammar.isInterrupt(node)) current.interrupts.push({ line: node.line, endLine: node.endLine });
      if (grammar.buildsGraph(node)) for (const outer of open) outer.buildsGraph = true;
    }
  };

  const leave = (node: SyntaxNode): void => {
    const done = open[open.length - 1];
    if (done?.node !== node) return;
    open.pop();
    const outer = grammar.outer(node, parents);
    const name = grammar.name(node, parents);
    const first = grammar.firstStatement(node);
    const place: FunctionPlace = {
      path,
      line: outer.line,
      endLine: node.endLine,
      definitionLine: node.line,
      returns: done.returns,
      interrupts: done.interrupts,
      ...(name === undefined ? {} : { name }),
      ...(first ? { firstStatementLine: first.line } : {}),
    };
    facts.set(node.start, { place, buildsGraph: done.buildsGraph });
  };

  let node: SyntaxNode | undefined = root;
  enter(root);
  parents.push(root);
  nextChild.push(0);
  while (parents.length > 0) {
    const at = parents.length - 1;
    const parent = parents[at] as SyntaxNode;
    const index = nextChild[at] ?? 0;
    node = parent.children[index];
    if (!node) {
      parents.pop();
      nextChild.pop();
      leave(parent);
      continue;
    }
    nextChild[at] = index + 1;
    enter(node);
    parents.push(node);
    nextChild.push(0);
  }
  const places = [...facts.entries()].sort(([a], [b]) => a - b).map(([, fact]) => fact.place);
  return { facts, places, errors };
}
