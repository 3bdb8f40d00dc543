"""An email assistant: it classifies a mail, searches for facts, drafts a reply and asks you before it sends.

Try it: click left of the line number at one of the lines that a "CLICK" comment points to, then press F5.
The run stops before that node; the mail and everything found so far are in the Variables view.
"""

from dataclasses import dataclass, field
from typing import Literal, TypedDict

from langchain_core.runnables import RunnableConfig
from langgraph.checkpoint.memory import InMemorySaver
from langgraph.graph import END, START, StateGraph
from langgraph.types import Command, interrupt

Category = Literal["question", "complaint", "spam"]


class Email(TypedDict):
    sender: str
    subject: str
    body: str


def sample_email() -> Email:
    return Email(
        sender="ada@example.com",
        subject="Refund for order 1042",
        body="Hello, how long does a refund take, and who pays for shipping?",
    )


@dataclass
class State:
    email: Email = field(default_factory=sample_email)
    category: Category | None = None
    documents: list[str] = field(default_factory=list)
    draft: str = ""
    status: Literal["new", "sent", "rejected", "ignored"] = "new"


# Stands in for a search index.
KNOWLEDGE = {
    "refund": "Refunds reach your account within 5 working days.",
    "shipping": "Shipping is free when the return label from your account is used.",
    "password": "Passwords are reset at example.com/reset.",
}


# CLICK on the next line for the first stop: only the input is in the state.
def classify(state: State) -> dict[str, Category | str]:
    text = f"{state.email['subject']} {state.email['body']}".lower()
    if "lottery" in text or "winner" in text:
        return {"category": "spam", "status": "ignored"}
    if "angry" in text or "disappointed" in text:
        return {"category": "complaint"}
    return {"category": "question"}


def route(state: State) -> Literal["search", "write", "__end__"]:
    if state.category == "spam":
        return "__end__"
    return "search" if state.category == "question" else "write"


def search(state: State) -> dict[str, list[str]]:
    text = f"{state.email['subject']} {state.email['body']}".lower()
    return {"documents": [fact for word, fact in KNOWLEDGE.items() if word in text]}


# CLICK on the next line: `documents` is filled, as the Variables view shows.
def write(state: State) -> dict[str, str]:
    name = state.email["sender"].split("@")[0].capitalize()
    facts = state.documents or ["We are sorry, and will call you today."]
    return {"draft": "\n".join([f"Dear {name},", *facts, "Kind regards"])}


def review(state: State) -> Command[Literal["send", "__end__"]]:
    # No click needed: interrupt() always stops the run, and waits for one of
    #   approve    reject    {"action": "edit", "draft": "your text"}
    answer = interrupt({"question": "Send this reply?", "draft": state.draft})
    match answer:
        case "approve" | {"action": "approve"}:
            return Command(goto="send")
        case {"action": "edit", "draft": str(draft)}:
            return Command(goto="send", update={"draft": draft})
        case _:
            return Command(goto="__end__", update={"status": "rejected"})


# CLICK on the next line to see what is about to be sent.
def send(state: State) -> dict[str, str]:
    print(f"To: {state.email['sender']}\nSubject: Re: {state.email['subject']}\n\n{state.draft}")
    return {"status": "sent"}


builder = StateGraph(State)
builder.add_node("classify", classify)
builder.add_node("search", search)
builder.add_node("write", write)
builder.add_node("review", review)
builder.add_node("send", send)
builder.add_edge(START, "classify")
builder.add_conditional_edges("classify", route)
builder.add_edge("search", "write")
builder.add_edge("write", "review")
builder.add_edge("send", END)

graph = builder.compile()


if __name__ == "__main__":
    app = builder.compile(checkpointer=InMemorySaver())
    config: RunnableConfig = {"configurable": {"thread_id": "1"}}
    app.invoke(State(), config)
    result = app.invoke(Command(resume="approve"), config)
    print(f"\nstatus: {result['status']}")
