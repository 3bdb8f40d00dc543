"""Decoded messages and other models, kept to make copies from: a tenth of the time of decoding them again.

A template is never handed out. Its copies share only immutable leaves with it, and its fingerprint.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from typing import Any

from langgraph_debugger.checkpointer.encoder import Leaf
from langgraph_debugger.checkpointer.entries import ref_to
from langgraph_debugger.checkpointer.fingerprint import ObjectPrint

_CACHE_BYTES = 32 * 1024 * 1024
_IMMUTABLE = (type(None), str, bytes, int, float, bool)


class Template:
    """A pydantic model whose attributes are plain data, as it was decoded."""

    __slots__ = ("_containers", "_empty_dicts", "_empty_lists", "_model", "entry", "print", "size")

    def __init__(self, hash_: bytes, model: Any, size: int) -> None:
        self._model = model
        self.size = size
        state: dict[str, Any] = model.__dict__
        self._empty_dicts = [name for name, item in state.items() if type(item) is dict and not item]
        self._empty_lists = [name for name, item in state.items() if type(item) is list and not item]
        self._containers = [
            (name, item) for name, item in state.items() if type(item) not in _IMMUTABLE and item
        ]
        self.entry = ref_to(hash_)
        self.print = ObjectPrint(model)

    def copy(self) -> Any:
        """A new object with the same attributes, as pydantic's own `__copy__` makes it, only deep."""
        model = self._model
        fields = model.__dict__.copy()
        for name in self._empty_dicts:
            fields[name] = {}
        for name in self._empty_lists:
            fields[name] = []
        for name, item in self._containers:
            fields[name] = _copy_plain(item)
        made = _new(model.__class__)
        _assign(made, "__dict__", fields)
        _assign(made, "__pydantic_fields_set__", model.__pydantic_fields_set__.copy())
        extra = model.__pydantic_extra__
        _assign(made, "__pydantic_extra__", _copy_plain(extra) if extra else None if extra is None else {})
        private = model.__pydantic_private__
        _assign(made, "__pydantic_private__", None if private is None else _copy_plain(private))
        return made

    def leaf(self, copy: object) -> Leaf:
        """What the encoder should know of a copy."""
        return Leaf(copy, self.print, self.entry)


class Templates:
    """What was made of the blobs that were read, by their hash; beyond 32 MB the oldest is dropped.

    The blob of a model has one template, that of a list, or part of a list, of models has one for each item.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._found: OrderedDict[bytes, Template | list[Template]] = OrderedDict()
        self._bytes = 0

    def get(self, hash_: bytes) -> Template | list[Template] | None:
        """What was made of this blob."""
        return self._found.get(hash_)

    def add(self, hash_: bytes, size: int, value: Any) -> Template | None:
        """Make a template of `value`, just decoded from a blob of `size` bytes, and not to be used any more.

        None when its class is not known to be safe to copy.
        """
        if not _is_safe(value):
            return None
        template = Template(hash_, value, size)
        self._keep(hash_, template)
        return template

    def add_list(self, hash_: bytes, templates: list[Template]) -> None:
        """Keep the templates of the items in a list, or in a part of one."""
        self._keep(hash_, templates)

    def _keep(self, hash_: bytes, made: Template | list[Template]) -> None:
        with self._lock:
            if hash_ not in self._found:
                self._found[hash_] = made
                self._bytes += _size(made)
            while self._bytes > _CACHE_BYTES:
                _, dropped = self._found.popitem(last=False)
                self._bytes -= _size(dropped)


def _size(made: Template | list[Template]) -> int:
    return sum(template.size for template in made) if isinstance(made, list) else made.size


_new: Any = object.__new__
_assign = object.__setattr__


def _is_safe(value: Any) -> bool:
    kind = type(value)
    if not hasattr(kind, "__pydantic_fields__") or getattr(kind, "__pydantic_root_model__", False):
        return False
    return all(map(_is_plain, (value.__dict__, value.__pydantic_extra__, value.__pydantic_private__)))


def _is_plain(value: Any) -> bool:
    """Nothing but immutable leaves in lists and dicts."""
    kind = type(value)
    if kind in _IMMUTABLE:
        return True
    if kind is list:
        return all(map(_is_plain, value))
    return kind is dict and all(map(_is_plain, value)) and all(map(_is_plain, value.values()))


def _copy_plain(value: Any) -> Any:
    kind = type(value)
    if kind is dict:
        return {key: _copy_plain(item) for key, item in value.items()}
    if kind is list:
        return [_copy_plain(item) for item in value]
    return value
