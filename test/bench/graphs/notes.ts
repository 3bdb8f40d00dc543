/** A state of about 10 MB, in which the second node changes some notes. */
import { Annotation, START, StateGraph } from "@langchain/langgraph";

interface Note {
  readonly id: string;
  readonly text: string;
}

const State = Annotation.Root({ count: Annotation<number>, notes: Annotation<Note[]> });

export const graph = new StateGraph(State)
  .addNode("write", ({ count }) => ({
    notes: Array.from({ length: count }, (_, n) => ({
      id: `note-${n}`,
      text: `${n} ${"what was seen ".repeat(35)}`,
    })),
  }))
  .addNode("revise", ({ notes }) => ({
    notes: [
      { id: "first", text: "before all" },
      ...notes.map((note, n) => (n % 1000 === 0 ? { ...note, text: `${note.text} and again` } : note)),
    ],
  }))
  .addEdge(START, "write")
  .addEdge("write", "revise")
  .compile();
