/**
 * A tool-calling agent: it finds a flight, and asks you inside the booking tool before it pays.
 *
 * Try it: click left of the line number at one of the lines that a "CLICK" comment points to, then press F5.
 * The model is scripted, so that no key and no network are needed. With a real one, replace
 * `new ScriptedModel({})` by `await initChatModel("...")` and leave the rest as it is.
 */
import { BaseChatModel } from "@langchain/core/language_models/chat_models";
import { AIMessage, type BaseMessage, HumanMessage, ToolMessage } from "@langchain/core/messages";
import type { ChatResult } from "@langchain/core/outputs";
import { tool } from "@langchain/core/tools";
import {
  Command,
  type GraphNode,
  interrupt,
  MemorySaver,
  MessagesValue,
  START,
  StateGraph,
  StateSchema,
} from "@langchain/langgraph";
import { ToolNode, toolsCondition } from "@langchain/langgraph/prebuilt";
import { z } from "zod";

const searchFlights = tool(
  // CLICK on the next line: a breakpoint in a tool stops before the tool node that runs it.
  ({ origin, destination }) => `LG-42 ${origin} to ${destination}, 09:30, 180 EUR`,
  {
    name: "search_flights",
    description: "Find the cheapest flight between two cities.",
    schema: z.object({ origin: z.string(), destination: z.string() }),
  },
);

const bookFlight = tool(
  ({ flight, price }) => {
    // No click needed: interrupt() always stops the run, and waits for one of
    //   yes    no    {"price": 150}
    const question = `Book ${flight} for ${price} EUR?`;
    const answer = interrupt<unknown, "yes" | "no" | { price: number }>({ question, flight, price });
    if (answer === "no") return "The traveller declined.";
    return `Booked ${flight} for ${answer === "yes" ? price : answer.price} EUR, confirmation LG-7731.`;
  },
  {
    name: "book_flight",
    description: "Book a flight, once the traveller has agreed to the price.",
    schema: z.object({ flight: z.string(), price: z.number() }),
  },
);

/** Answers from the last message alone, so that it does the same whenever it is asked. */
class ScriptedModel extends BaseChatModel {
  override _llmType() {
    return "scripted";
  }

  override bindTools() {
    return this;
  }

  override async _generate(messages: BaseMessage[]): Promise<ChatResult> {
    const message = this.reply(messages.at(-1));
    return { generations: [{ message, text: message.text }] };
  }

  reply(last: BaseMessage | undefined): AIMessage {
    if (!ToolMessage.isInstance(last)) {
      const args = { origin: "Paris", destination: "Lisbon" };
      return new AIMessage({ content: "", tool_calls: [{ id: "call_1", name: "search_flights", args }] });
    }
    if (last.name === "search_flights") {
      const args = { flight: "LG-42", price: 180 };
      return new AIMessage({ content: "", tool_calls: [{ id: "call_2", name: "book_flight", args }] });
    }
    return new AIMessage(`Done. ${last.text}`);
  }
}

const State = new StateSchema({ messages: MessagesValue });

const tools = [searchFlights, bookFlight];
const model = new ScriptedModel({}).bindTools();

// CLICK on the next line: the agent is called three times; look at `messages` growing.
const agent: GraphNode<typeof State> = async ({ messages }) => {
  return { messages: [await model.invoke(messages)] };
};

const builder = new StateGraph(State)
  .addNode("agent", agent)
  .addNode("tools", new ToolNode(tools))
  .addEdge(START, "agent")
  // After a tool call the tools run, otherwise the run ends.
  .addConditionalEdges("agent", toolsCondition)
  .addEdge("tools", "agent");

export const graph = builder.compile();

// Run without the debugger: npx tsx travel-agent.ts
if (process.argv[1] === import.meta.filename) {
  const app = builder.compile({ checkpointer: new MemorySaver() });
  const config = { configurable: { thread_id: "1" } };
  const question = new HumanMessage("Book me the cheapest flight from Paris to Lisbon.");
  await app.invoke({ messages: [question] }, config);
  const result = await app.invoke(new Command({ resume: "yes" }), config);
  for (const message of result.messages) console.log(`${message.type}: ${message.text}`);
}
