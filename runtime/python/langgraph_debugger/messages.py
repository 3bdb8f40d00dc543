"""Messages as people write them: what stands in a place of messages is one of LangChain's, not a dict."""

from __future__ import annotations

from typing import Any

from .as_json import to_json

_KINDS = {
    "human": "HumanMessage",
    "user": "HumanMessage",
    "ai": "AIMessage",
    "assistant": "AIMessage",
    "system": "SystemMessage",
    "developer": "SystemMessage",
    "tool": "ToolMessage",
}


def takes_messages(channel: Any) -> bool:
    """Whether the reducer of a channel is LangGraph's `add_messages`: by id, with `RemoveMessage`."""
    name = getattr(getattr(channel, "operator", None), "__name__", "")
    return name in ("add_messages", "_add_messages")


def as_messages(old: Any, value: Any) -> Any:
    """
    `value`, in which dicts that say what a message says are messages where `old` is one or a list with some.
    One that says what an old one of the same id says is that object. Raises what the message's class raises.
    """
    if isinstance(value, dict) and _is_message(old):
        return _message(value, {old.id: old})
    if not isinstance(value, list) or not isinstance(old, list) or not any(map(_is_message, old)):
        return value
    known = {each.id: each for each in old if _is_message(each) and each.id is not None}
    return [_message(each, known) if isinstance(each, dict) else each for each in value]


def as_written(value: Any) -> Any:
    """What is written to such a channel: with all it says, of which LangChain's own reading loses some."""
    if isinstance(value, list):
        return [as_written(each) for each in value]
    return _message(value, {}) if isinstance(value, dict) else value


def _is_message(value: Any) -> bool:
    from langchain_core.messages import BaseMessage

    return isinstance(value, BaseMessage)


def _message(value: dict[str, Any], known: dict[Any, Any]) -> Any:
    from langchain_core import messages

    kind = _KINDS.get(str(value.get("type") or value.get("role")))
    if kind is None or "content" not in value:
        return value
    before = known.get(value.get("id"))
    if before is not None and to_json(before) == value:
        return before
    fields = {key: each for key, each in value.items() if key not in ("type", "role") and each is not None}
    return getattr(messages, kind)(**fields)
