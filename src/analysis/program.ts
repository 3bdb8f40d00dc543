// A source file reduced to what decides its graphs: one small tree for Python and TypeScript alike.

/** Lines start at 1 and `endLine` is included; `start` is the offset in the text and tells two places apart. */
export interface Span {
  readonly start: number;
  readonly line: number;
  readonly endLine: number;
}

export interface LineSpan {
  readonly line: number;
  readonly endLine: number;
}

export type Constant = string | number | boolean | null;

export type Expression =
  | { readonly kind: "name"; readonly name: string; readonly span: Span }
  | { readonly kind: "constant"; readonly value: Constant; readonly span: Span }
  | { readonly kind: "template"; readonly parts: readonly Expression[]; readonly span: Span }
  | { readonly kind: "member"; readonly object: Expression; readonly name: string; readonly span: Span }
  | { readonly kind: "index"; readonly object: Expression; readonly index: Expression; readonly span: Span }
  | CallExpression
  | { readonly kind: "function"; readonly code: FunctionCode; readonly span: Span }
  | { readonly kind: "class"; readonly code: ClassCode; readonly span: Span }
  | { readonly kind: "list"; readonly items: readonly Expression[]; readonly span: Span }
  | { readonly kind: "dictionary"; readonly entries: readonly Entry[]; readonly span: Span }
  | { readonly kind: "spread"; readonly value: Expression; readonly span: Span }
  | {
      readonly kind: "binary";
      readonly operator: string;
      readonly left: Expression;
      readonly right: Expression;
      readonly span: Span;
    }
  /** One of several values: a conditional expression, `a or b`, `a ?? b`. */
  | { readonly kind: "choice"; readonly options: readonly Expression[]; readonly span: Span }
  | {
      readonly kind: "comprehension";
      readonly clauses: readonly { readonly target: Pattern; readonly iterable: Expression }[];
      /** A list's item, or a dictionary's key and value. */
      readonly key?: Expression;
      readonly body: Expression;
      readonly span: Span;
    }
  | { readonly kind: "assign"; readonly target: Pattern; readonly value: Expression; readonly span: Span }
  | { readonly kind: "yield"; readonly value: Expression; readonly span: Span }
  /** Anything else. Its parts are still looked at. */
  | { readonly kind: "other"; readonly parts: readonly Expression[]; readonly span: Span };

export interface CallExpression {
  readonly kind: "call";
  readonly callee: Expression;
  readonly args: readonly Argument[];
  /** From the name that is called (`add_node` in a chain) to the closing parenthesis. */
  readonly site: Span;
  readonly span: Span;
}

export interface Argument {
  /** A keyword argument's name. */
  readonly name?: string;
  readonly value: Expression;
}

export interface Entry {
  /** Absent for `**other` and `...other`. */
  readonly key?: Expression;
  readonly value: Expression;
}

/** What stands on the left of an assignment, or a parameter. */
export type Pattern =
  | { readonly kind: "name"; readonly name: string; readonly span: Span }
  | { readonly kind: "place"; readonly place: Expression }
  | { readonly kind: "list"; readonly items: readonly Pattern[] }
  | {
      readonly kind: "fields";
      readonly fields: readonly { readonly key: string; readonly target: Pattern }[];
    }
  | { readonly kind: "default"; readonly target: Pattern; readonly value: Expression }
  | { readonly kind: "rest"; readonly target: Pattern }
  | { readonly kind: "ignored" };

export type Statement =
  | { readonly kind: "assign"; readonly target: Pattern; readonly value: Expression; readonly span: Span }
  | { readonly kind: "extend"; readonly target: Pattern; readonly value: Expression; readonly span: Span }
  | { readonly kind: "expression"; readonly value: Expression; readonly span: Span }
  | { readonly kind: "function"; readonly name: string; readonly code: FunctionCode; readonly span: Span }
  | { readonly kind: "class"; readonly name: string; readonly code: ClassCode; readonly span: Span }
  | {
      readonly kind: "import";
      readonly bindings: readonly ImportBinding[];
      readonly span: Span;
    }
  | { readonly kind: "type"; readonly name: string; readonly type: TypeShape; readonly span: Span }
  | { readonly kind: "export"; readonly exports: readonly ExportBinding[]; readonly span: Span }
  | { readonly kind: "return"; readonly value: Expression; readonly span: Span }
  /** Bodies of which not all need run: `if`, `try`, `match`, `switch`, `while`. */
  | { readonly kind: "branches"; readonly bodies: readonly (readonly Statement[])[]; readonly span: Span }
  | {
      readonly kind: "loop";
      readonly target: Pattern;
      readonly iterable: Expression;
      readonly body: readonly Statement[];
      readonly span: Span;
    }
  /** `if __name__ == "__main__":` and its like: does not run when the debugger imports the file. */
  | { readonly kind: "script"; readonly span: Span };

export interface ImportBinding {
  /** As written: `..nodes`, `langgraph.graph`, `./nodes.js`. */
  readonly module: string;
  /** The name in that module; `*` for the module itself. */
  readonly imported: string;
  /** The name in this file; `*` brings in every name. */
  readonly local: string;
  readonly span: Span;
}

export interface ExportBinding {
  readonly name: string;
  readonly span: Span;
  /** What is exported: an expression of this file, or a name of another module (`*`: all of its names). */
  readonly value: Expression | { readonly kind: "from"; readonly module: string; readonly imported: string };
}

export type TypeShape =
  | { readonly kind: "literal"; readonly value: string }
  | { readonly kind: "named"; readonly name: string; readonly args: readonly TypeShape[] }
  | { readonly kind: "union"; readonly options: readonly TypeShape[] };

export interface Parameter {
  readonly pattern: Pattern;
  readonly name?: string;
  readonly type?: TypeShape;
  readonly fallback?: Expression;
  readonly kind: "plain" | "rest" | "keywords";
}

/** Where a function lies and where its parts are; every line counts from 1. */
export interface FunctionPlace {
  readonly path: string;
  /** The first decorator where there is one, else the definition. */
  readonly line: number;
  readonly endLine: number;
  readonly name?: string;
  readonly definitionLine: number;
  readonly firstStatementLine?: number;
  readonly returns: readonly LineSpan[];
  readonly interrupts: readonly LineSpan[];
}

export interface FunctionCode {
  readonly name?: string;
  readonly place: FunctionPlace;
  readonly params: readonly Parameter[];
  readonly decorators: readonly Expression[];
  readonly returnType?: TypeShape;
  /** `arrow` keeps the `this` around it; `method` is bound to its object. */
  readonly kind: "function" | "arrow" | "method" | "static" | "getter";
  readonly start: number;
  /** Whether the body itself builds something that this analysis looks for. */
  readonly buildsGraph: boolean;
  /** The body's source. */
  text(): string;
  body(): readonly Statement[];
}

export interface ClassCode {
  readonly name?: string;
  readonly bases: readonly Expression[];
  readonly decorators: readonly Expression[];
  readonly methods: ReadonlyMap<string, FunctionCode>;
  /** Assigned in the class body; `instance` fields belong to each object (TypeScript's non-static ones). */
  readonly fields: readonly {
    readonly name: string;
    readonly value: Expression;
    readonly instance: boolean;
  }[];
  readonly span: Span;
}

export type Language = "python" | "typescript";

export interface Program {
  readonly path: string;
  readonly language: Language;
  readonly statements: readonly Statement[];
  /** Every function of the file, in the order of the text. */
  readonly functions: readonly FunctionPlace[];
  /** Parts that run only when the file is run as a script. */
  readonly scripts: readonly LineSpan[];
  /** Lines of the first syntax errors. */
  readonly errors: readonly number[];
}

/** Calls of these names build a graph or something a graph is made of. */
export const GRAPH_MAKERS =
  /^(StateGraph|MessageGraph|Graph|create_\w*agent|create_supervisor|create_swarm|create\w*Agent|createSupervisor|createSwarm|entrypoint)$/;
