"""A tool-calling agent: it finds a flight, and asks you inside the booking tool before it pays.

Try it: click left of the line number at one of the lines that a "CLICK" comment points to, then press F5.
The model is scripted, so that no key and no network are needed. With a real one, replace
`ScriptedModel()` by `init_chat_model("...")` and leave the rest as it is.
"""

from collections.abc import Callable, Sequence
from typing import Any

from langchain_core.callbacks import CallbackManagerForLLMRun
from langchain_core.language_models import BaseChatModel, LanguageModelInput
from langchain_core.messages import AIMessage, BaseMessage, HumanMessage, ToolMessage
from langchain_core.outputs import ChatGeneration, ChatResult
from langchain_core.runnables import Runnable, RunnableConfig
from langchain_core.tools import BaseTool, tool
from langgraph.checkpoint.memory import InMemorySaver
from langgraph.graph import START, MessagesState, StateGraph
from langgraph.prebuilt import ToolNode, tools_condition
from langgraph.types import Command, interrupt


@tool
def search_flights(origin: str, destination: str) -> str:
    """Find the cheapest flight between two cities."""
    # CLICK on the next line: a breakpoint in a tool stops before the tool node that runs it.
    return f"LG-42 {origin} to {destination}, 09:30, 180 EUR"


@tool
def book_flight(flight: str, price: int) -> str:
    """Book a flight, once the traveller has agreed to the price."""
    # No click needed: interrupt() always stops the run, and waits for one of
    #   yes    no    {"price": 150}
    answer: Any = interrupt({"question": f"Book {flight} for {price} EUR?", "flight": flight, "price": price})
    if isinstance(answer, dict):
        answer, price = "yes", answer.get("price", price)
    if answer != "yes":
        return "The traveller declined."
    return f"Booked {flight} for {price} EUR, confirmation LG-7731."


class ScriptedModel(BaseChatModel):
    """Answers from the last message alone, so that it does the same whenever it is asked."""

    @property
    def _llm_type(self) -> str:
        return "scripted"

    def bind_tools(
        self, tools: Sequence[dict[str, Any] | type | Callable[..., Any] | BaseTool], **kwargs: Any
    ) -> Runnable[LanguageModelInput, AIMessage]:
        return self

    def _generate(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: CallbackManagerForLLMRun | None = None,
        **kwargs: Any,
    ) -> ChatResult:
        return ChatResult(generations=[ChatGeneration(message=self.reply(messages[-1]))])

    def reply(self, last: BaseMessage) -> AIMessage:
        if not isinstance(last, ToolMessage):
            cities = {"origin": "Paris", "destination": "Lisbon"}
            return AIMessage("", tool_calls=[{"id": "call_1", "name": "search_flights", "args": cities}])
        if last.name == "search_flights":
            flight = {"flight": "LG-42", "price": 180}
            return AIMessage("", tool_calls=[{"id": "call_2", "name": "book_flight", "args": flight}])
        return AIMessage(f"Done. {last.text}")


tools = [search_flights, book_flight]
model = ScriptedModel().bind_tools(tools)


# CLICK on the next line: the agent is called three times; look at `messages` growing.
def agent(state: MessagesState) -> dict[str, list[AIMessage]]:
    return {"messages": [model.invoke(state["messages"])]}


builder = StateGraph(MessagesState)
builder.add_node("agent", agent)
builder.add_node("tools", ToolNode(tools))
builder.add_edge(START, "agent")
# After a tool call the tools run, otherwise the run ends.
builder.add_conditional_edges("agent", tools_condition)
builder.add_edge("tools", "agent")

graph = builder.compile()


if __name__ == "__main__":
    app = builder.compile(checkpointer=InMemorySaver())
    config: RunnableConfig = {"configurable": {"thread_id": "1"}}
    question = HumanMessage("Book me the cheapest flight from Paris to Lisbon.")
    app.invoke({"messages": [question]}, config)
    result = app.invoke(Command(resume="yes"), config)
    for message in result["messages"]:
        message.pretty_print()
