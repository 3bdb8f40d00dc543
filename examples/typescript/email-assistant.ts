/**
 * An email assistant: it classifies a mail, searches for facts, drafts a reply and asks you before it sends.
 *
 * Try it: click left of the line number at one of the lines that a "CLICK" comment points to, then press F5.
 * The run stops before that node; the mail and everything found so far are in the Variables view.
 */
import {
  Command,
  END,
  type GraphNode,
  interrupt,
  MemorySaver,
  START,
  StateGraph,
  StateSchema,
} from "@langchain/langgraph";
import { z } from "zod";

const Email = z.object({ sender: z.string(), subject: z.string(), body: z.string() });

const sampleEmail = {
  sender: "ada@example.com",
  subject: "Refund for order 1042",
  body: "Hello, how long does a refund take, and who pays for shipping?",
};

const State = new StateSchema({
  email: Email.default(sampleEmail),
  category: z.enum(["question", "complaint", "spam"]).optional(),
  documents: z.array(z.string()).default([]),
  draft: z.string().default(""),
  status: z.enum(["new", "sent", "rejected", "ignored"]).default("new"),
});

// Stands in for a search index.
const knowledge: Record<string, string> = {
  refund: "Refunds reach your account within 5 working days.",
  shipping: "Shipping is free when the return label from your account is used.",
  password: "Passwords are reset at example.com/reset.",
};

// CLICK on the next line for the first stop: only the input is in the state.
const classify: GraphNode<typeof State> = ({ email }) => {
  const text = `${email.subject} ${email.body}`.toLowerCase();
  if (/lottery|winner/.test(text)) return { category: "spam", status: "ignored" };
  if (/angry|disappointed/.test(text)) return { category: "complaint" };
  return { category: "question" };
};

const route = ({ category }: typeof State.State) => {
  if (category === "spam") return END;
  return category === "question" ? "search" : "write";
};

const search: GraphNode<typeof State> = ({ email }) => {
  const text = `${email.subject} ${email.body}`.toLowerCase();
  const hits = Object.entries(knowledge).filter(([word]) => text.includes(word));
  return { documents: hits.map(([, fact]) => fact) };
};

// CLICK on the next line: `documents` is filled, as the Variables view shows.
const write: GraphNode<typeof State> = ({ email, documents }) => {
  const name = email.sender.split("@")[0] ?? "";
  const facts = documents.length > 0 ? documents : ["We are sorry, and will call you today."];
  return {
    draft: [`Dear ${name.charAt(0).toUpperCase()}${name.slice(1)},`, ...facts, "Kind regards"].join("\n"),
  };
};

type Answer = "approve" | "reject" | { action: "approve" | "reject" } | { action: "edit"; draft: string };

const review: GraphNode<typeof State> = ({ draft }) => {
  // No click needed: interrupt() always stops the run, and waits for one of
  //   approve    reject    {"action": "edit", "draft": "your text"}
  const answer = interrupt<unknown, Answer>({ question: "Send this reply?", draft });
  const decision = typeof answer === "string" ? { action: answer } : answer;
  switch (decision.action) {
    case "approve":
      return new Command({ goto: "send" });
    case "edit":
      return new Command({ goto: "send", update: { draft: decision.draft } });
    default:
      return new Command({ goto: END, update: { status: "rejected" } });
  }
};

// CLICK on the next line to see what is about to be sent.
const send: GraphNode<typeof State> = ({ email, draft }) => {
  console.log(`To: ${email.sender}\nSubject: Re: ${email.subject}\n\n${draft}`);
  return { status: "sent" };
};

const builder = new StateGraph(State)
  .addNode("classify", classify)
  .addNode("search", search)
  .addNode("write", write)
  .addNode("review", review, { ends: ["send", END] })
  .addNode("send", send)
  .addEdge(START, "classify")
  .addConditionalEdges("classify", route, ["search", "write", END])
  .addEdge("search", "write")
  .addEdge("write", "review")
  .addEdge("send", END);

export const graph = builder.compile();

// Run without the debugger: npx tsx email-assistant.ts
if (process.argv[1] === import.meta.filename) {
  const app = builder.compile({ checkpointer: new MemorySaver() });
  const config = { configurable: { thread_id: "1" } };
  await app.invoke({ email: sampleEmail }, config);
  const result = await app.invoke(new Command({ resume: "approve" }), config);
  console.log(`\nstatus: ${result.status}`);
}
