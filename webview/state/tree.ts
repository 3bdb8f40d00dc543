// A tree of values of which only what is open is loaded, by page.

import type { PanelVariable, ValuePath } from "../../src/protocol/webview.ts";
import type { Ask } from "../ask.ts";

export interface TreeNode {
  /** Unique in the tree, and the same for the same place in the tree of another step. */
  readonly key: string;
  readonly variable: PanelVariable;
  /** From the state's key down; absent for what no path leads to. */
  readonly path: ValuePath | undefined;
  readonly depth: number;
  /** It stands for some of the many children of another node. */
  readonly part?: { readonly of: TreeNode; readonly start: number; readonly count: number };
  readonly children: TreeNode[];
  isLoading: boolean;
  /** Why its children could not be loaded. */
  problem: string | undefined;
}

const pageSize = 100;
/** Of a value with more children than these, parts are shown, and parts of these: any child is a few steps away. */
const mostInRow = 1_000;

export class Tree {
  readonly root: TreeNode;
  readonly #ask: Ask;
  readonly #listeners = new Set<() => void>();
  #version = 0;

  /** `count`: how many children the value behind `reference` has. */
  constructor(ask: Ask, name: string, { reference, count }: { reference: number; count: number }) {
    this.#ask = ask;
    const variable = { name, value: "", type: "", reference, indexed: 0, named: count };
    this.root = {
      key: name,
      variable,
      path: [],
      depth: -1,
      children: [],
      isLoading: false,
      problem: undefined,
    };
  }

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };
  /** Another number after each change. */
  readonly version = (): number => this.#version;

  /** Loads the first page of children, where none was. */
  open(node: TreeNode): void {
    if (node.children.length === 0 && node.problem === undefined) void this.more(node);
  }

  /** Loads the next page of children: items first. */
  async more(node: TreeNode): Promise<void> {
    const { reference, indexed, named } = node.variable;
    const left = leftOf(node);
    if (reference === 0 || node.isLoading || left === 0) return;
    if (isParted(node)) {
      node.children.push(...partsOf(node));
      this.#changed();
      return;
    }
    node.isLoading = true;
    node.problem = undefined;
    this.#changed();
    const known = node.children.length;
    const start = (node.part?.start ?? 0) + known;
    const items = start < indexed;
    try {
      const children = await this.#ask({
        type: "children",
        reference,
        ...(indexed > 0 && named > 0 && { filter: items ? "indexed" : "named" }),
        start: items || indexed === 0 ? start : start - indexed,
        count: node.part ? Math.min(pageSize, left) : pageSize,
      });
      node.children.push(...children.map((child, index) => childOf(node, child, start + index)));
      // A list may have become shorter than it was told to be.
      if (children.length === 0) node.problem = "There is no more.";
    } catch (error) {
      node.problem = (error as Error).message;
    }
    node.isLoading = false;
    this.#changed();
  }

  #changed(): void {
    this.#version++;
    for (const listener of this.#listeners) listener();
  }
}

/** How many children of a node are not loaded yet. */
export function leftOf(node: TreeNode): number {
  if (isParted(node) && node.children.length > 0) return 0;
  return countOf(node) - node.children.length;
}

function countOf({ part, variable: { indexed, named } }: TreeNode): number {
  return part?.count ?? indexed + named;
}

function isParted(node: TreeNode): boolean {
  const { indexed, named } = node.variable;
  return countOf(node) > (node.part ? pageSize : mostInRow) && (indexed === 0 || named === 0);
}

/** At most a hundred parts of the same size. */
function partsOf(node: TreeNode): TreeNode[] {
  const { part, variable, depth } = node;
  const count = countOf(node);
  const first = part?.start ?? 0;
  const of = part?.of ?? node;
  let size = pageSize;
  while (count / size > 100) size *= 100;
  return Array.from({ length: Math.ceil(count / size) }, (_, index) => {
    const start = first + index * size;
    const own = Math.min(size, first + count - start);
    const name = `${start.toLocaleString("en")} … ${(start + own - 1).toLocaleString("en")}`;
    return {
      key: `${of.key}/${start}+${own}`,
      variable: { ...variable, name, value: "", type: "" },
      path: undefined,
      depth: depth + 1,
      part: { of, start, count: own },
      children: [],
      isLoading: false,
      problem: undefined,
    };
  });
}

function childOf(place: TreeNode, variable: PanelVariable, index: number): TreeNode {
  const parent = place.part?.of ?? place;
  const segment = parent.depth < 0 ? variable.name : segmentOf(parent.variable, variable);
  return {
    key: `${parent.key}/${segment ?? `#${index}`}`,
    variable,
    path: parent.path && segment !== undefined ? [...parent.path, segment] : undefined,
    depth: place.depth + 1,
    children: [],
    isLoading: false,
    problem: undefined,
  };
}

/** What leads from a value to a child: what the child's expression has more than its parent's. */
export function segmentOf(
  { evaluateName: outer }: Pick<PanelVariable, "evaluateName">,
  { evaluateName: inner }: Pick<PanelVariable, "evaluateName">,
): string | number | undefined {
  if (outer === undefined || !inner?.startsWith(outer)) return undefined;
  const rest = inner.slice(outer.length);
  const item = /^\[(-?\d+)\]$/.exec(rest)?.[1];
  if (item !== undefined) return Number(item);
  const member = /^\.([\p{ID_Start}_$][\p{ID_Continue}$]*)$/u.exec(rest)?.[1];
  if (member !== undefined) return member;
  const quoted = /^(?:\[|\.get\()(["'])((?:[^\\]|\\.)*)\1(?:\]|\))$/su.exec(rest)?.[2];
  return quoted?.replaceAll(/\\(.)/gsu, (_, sign: string) => escapes[sign] ?? sign);
}
const escapes: { readonly [sign: string]: string } = { n: "\n", t: "\t", r: "\r" };

// ------------------------------------------------------------------------------------------------ rows

export type TreeRow =
  | {
      readonly kind: "value";
      readonly key: string;
      readonly node: TreeNode;
      readonly isOpen: boolean | undefined;
    }
  /** A text in full, or a message as it is read. */
  | { readonly kind: "body"; readonly key: string; readonly node: TreeNode }
  | { readonly kind: "more"; readonly key: string; readonly node: TreeNode };

/** Rows of what is loaded and open. With `filter`, those whose name contains it, with what leads to them. */
export function treeRows(root: TreeNode, isOpen: (key: string) => boolean, filter = ""): TreeRow[] {
  const wanted = filter.toLowerCase();
  const rows: TreeRow[] = [];
  const fits = (node: TreeNode): boolean =>
    node.variable.name.toLowerCase().includes(wanted) || node.children.some(fits);
  const walk = (parent: TreeNode, all: boolean): void => {
    for (const node of parent.children) {
      if (!all && !fits(node)) continue;
      const canOpen = node.variable.reference > 0 || isLongText(node.variable);
      const open = canOpen && isOpen(node.key);
      rows.push({ kind: "value", key: node.key, node, isOpen: canOpen ? open : undefined });
      if (!open) continue;
      if (node.path && (isMessage(node.variable) || isLongText(node.variable))) {
        rows.push({ kind: "body", key: `${node.key} body`, node });
      }
      // A message is read as such; its fields are one click further.
      if (node.path && isMessage(node.variable) && !isOpen(fieldsKey(node))) continue;
      walk(node, all || node.variable.name.toLowerCase().includes(wanted));
    }
    if (leftOf(parent) > 0) {
      rows.push({ kind: "more", key: `${parent.key} more`, node: parent });
    }
  };
  walk(root, wanted === "");
  return rows;
}

/** Open: a message shows its fields too. */
export function fieldsKey({ key }: TreeNode): string {
  return `${key} fields`;
}

export function isMessage({ type, reference }: PanelVariable): boolean {
  return reference > 0 && /(^|\.)\w*Message(Chunk)?$/.test(type);
}

export function isText({ type, reference }: PanelVariable): boolean {
  return reference === 0 && (type === "str" || type === "string");
}

/** It does not fit on a line. */
export function isLongText(variable: PanelVariable): boolean {
  return isText(variable) && (variable.value.length > 80 || /\\n|…/.test(variable.value));
}
