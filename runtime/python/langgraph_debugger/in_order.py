"""Sends what waits before the user's code writes to the console or ends the process at once."""

from __future__ import annotations

import contextlib
import functools
import os
import sys
from collections.abc import Callable
from typing import Any

_SECONDS = 0.2  # as long as the user's code waits for an adapter that does not read


def keep_order(flush: Callable[[float], None]) -> None:
    """
    From here on: the editor gets what is written after the events before it, and knows which node ran in a
    process that has left by `os._exit`.
    """
    for owner, name in ((sys.stdout, "write"), (sys.stderr, "write"), (os, "_exit")):
        with contextlib.suppress(AttributeError, TypeError):  # a stream that is none, or does not allow it
            setattr(owner, name, _after(flush, getattr(owner, name)))


def _after(flush: Callable[[float], None], function: Callable[..., Any]) -> Callable[..., Any]:
    @functools.wraps(function)
    def call(*args: Any, **kwargs: Any) -> Any:
        with contextlib.suppress(Exception):
            flush(_SECONDS)
        return function(*args, **kwargs)

    return call
