/** Lists and dictionaries that nodes and tools are kept in, followed through the languages' own functions. */
import assert from "node:assert/strict";
import { analyse, nodes } from "./fixture.ts";

/** The tools that `tools` holds after the given lines. */
async function pythonTools(...lines: string[]): Promise<string> {
  const { graphs } = await analyse(
    "tools.py",
    [
      "def a(x): return x",
      "def b(x): return x",
      "def c(x): return x",
      ...lines,
      "graph = StateGraph(dict).add_node('t', ToolNode(tools))",
    ].join("\n"),
  );
  return graphs.flatMap(nodes).join().replace("t: tools", "").replaceAll(" tool ", "");
}

async function scriptTools(...lines: string[]): Promise<string> {
  const { graphs } = await analyse(
    "tools.ts",
    [
      "const a = (x) => x;",
      "const b = (x) => x;",
      "const c = (x) => x;",
      ...lines,
      "export const graph = new StateGraph(S).addNode('t', new ToolNode(tools));",
    ].join("\n"),
  );
  return graphs.flatMap(nodes).join().replace("t: tools", "").replaceAll(" tool ", "");
}

describe("collections in the analysis", () => {
  for (const [lines, tools] of [
    [["tools = [a, *[b], c]"], "abc"],
    [["tools = [a] + [b]"], "ab"],
    [["tools = [a] + [b] + unknown()"], "ab"],
    [["tools = [a]", "tools.append(b)", "tools.extend([c])"], "abc"],
    [["tools = [b]", "tools.insert(0, a)", "tools += (c,)"], "abc"],
    [["tools = list((a, b))"], "ab"],
    [["tools = sorted({a, b})"], "ab"],
    [["tools = tuple(reversed([a]))"], "a"],
    [["tools = set([a]).copy()"], "a"],
    [["tools = {'x': a, 'y': b}.values()"], "ab"],
    [["tools = [f for _, f in {'x': a, 'y': b}.items()]"], "ab"],
    [["all = {'x': a, 'y': b}", "tools = [all[name] for name in all.keys()]"], "ab"],
    [["all = {'x': a, 'y': b}", "tools = [all[name] for name in all]"], "ab"],
    [["all = dict(x=a)", "all.update({'y': b})", "tools = [all.get('x'), all['y']]"], "ab"],
    [["all = {**{'x': a}, 'y': b} | {'z': c}", "tools = all.values()"], "abc"],
    [["tools = [f for i, f in enumerate([a, b])]"], "ab"],
    [["tools = [f for n, f in zip(['x', 'y'], [a, b])]"], "ab"],
    [["all = [a, b, c]", "tools = [all[i] for i in range(1, 3)]"], "bc"],
    [["all = [a, b, c]", "tools = [all[i] for i in range(len(all))]"], "abc"],
    [["tools = [a for i in range(10 ** 9)]"], "a"],
    [["all = [a, b, c]", "tools = [all[-1]]"], "c"],
    [["(first, *rest) = [a, b, c]", "tools = rest"], "bc"],
    [["def get(*more, **named): return [a, *more, *named.values()]", "tools = get(b, x=c)"], "abc"],
    [["def get(f=a): return [f]", "tools = get() + get(b) + get(f=c)"], "abc"],
    [["args = [b]", "named = {'g': c}", "def get(f, g): return [f, g]", "tools = get(*args, **named)"], "bc"],
    [["tools = (lambda f: [f, b])(a)"], "ab"],
    [["if x:", "    tools = [a]", "else:", "    tools = None"], "a"],
    [["tools = [a] if x else []"], "a"],
    [["tools = x or [a]"], "a"],
    [["all = {str('x'): a}", "tools = [all['x']]"], "a"],
  ] as const) {
    it(`Python: ${lines.join("; ")}`, async () => assert.equal(await pythonTools(...lines), tools));
  }

  for (const [lines, tools] of [
    [["const tools = [a, ...[b], c];"], "abc"],
    [["const tools = [a].concat([b], c);"], "abc"],
    [["const tools = [b];", "tools.push(c);", "tools.unshift(a);"], "abc"],
    [["const tools = [a, b].filter(Boolean).slice();"], "ab"],
    [["const tools = [a, b].reverse();"], "ab"],
    [["const tools = Object.values({ x: a, y: b });"], "ab"],
    [["const all = { x: a, y: b };", "const tools = Object.keys(all).map((name) => all[name]);"], "ab"],
    [["const tools = Object.entries({ x: a, y: b }).map(([, f]) => f);"], "ab"],
    [["const tools = Object.values(Object.fromEntries([['x', a], ['y', b]]));"], "ab"],
    [["const all = new Map([['x', a], ['y', b]]);", "const tools = [all.get('x'), all.get('y')];"], "ab"],
    [["const tools = [[a], [b]].flatMap((list) => list);"], "ab"],
    [["const { x, ...rest } = { x: a };", "const tools = [x];"], "a"],
    [["const { x: { y = b } } = { x: {} };", "const tools = [y];"], "b"],
    [["const [first, , third] = [a, b, c];", "const tools = [third];"], "c"],
    [["const all = { x: a, ['y']: b };", 'all["z"] = c;', "const tools = Object.values(all);"], "abc"],
    [["const all = Object.freeze({ x: a });", "const tools = [all.x];"], "a"],
    [["const get = ({ f, g = b }) => [f, g];", "const tools = get({ f: a });"], "ab"],
    [["function get(f, ...more) { return [f, ...more]; }", "const tools = get(a, b, c);"], "abc"],
    [["const tools = await load().then(() => [a]);"], "a"],
    [["const key = String('x');", "const tools = [{ x: a }[key]];"], "a"],
    [["const tools = (flag ? [a] : undefined) ?? [];"], "a"],
    [["let tools;", "switch (x) { case 1: tools = [a]; break; default: tools = undefined; }"], "a"],
    [
      ["const pick = function () { for (const f of [a, b]) if (f) return [f]; };", "const tools = pick();"],
      "a",
    ],
  ] as const) {
    it(`TypeScript: ${lines.join(" ")}`, async () => assert.equal(await scriptTools(...lines), tools));
  }
});
