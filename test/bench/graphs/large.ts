/** A state of more than 100 MB: a long list, a long text, a deep object; the second node changes them. */
import { Annotation, START, StateGraph } from "@langchain/langgraph";

interface Item {
  readonly id: string;
  readonly text: string;
}

const State = Annotation.Root({
  count: Annotation<number>,
  characters: Annotation<number>,
  depth: Annotation<number>,
  items: Annotation<Item[]>,
  text: Annotation<string>,
  deep: Annotation<object>,
  small: Annotation<string>,
});

function deep(depth: number, end: string): object {
  let value: object = { end };
  for (let level = 0; level < depth; level++) value = { inside: value };
  return value;
}

export const graph = new StateGraph(State)
  .addNode("write", ({ count, characters, depth }) => ({
    items: Array.from({ length: count }, (_, n) => ({
      id: `item-${n}`,
      text: `${n} ${"what was seen ".repeat(4)}`,
    })),
    text: "lorem ipsum ".repeat(Math.floor(characters / 12)),
    deep: deep(depth, "one"),
    small: "one",
  }))
  .addNode("revise", ({ items, text, depth }) => ({
    items: [{ id: "first", text: "before all" }, ...items],
    text: `${text}dolor`,
    deep: deep(depth, "two"),
    small: "two",
  }))
  .addEdge(START, "write")
  .addEdge("write", "revise")
  .compile();
