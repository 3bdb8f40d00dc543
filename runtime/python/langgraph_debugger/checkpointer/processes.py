"""Which process runs a thread, and whether that is still there."""

from __future__ import annotations

import os
import socket
import sys
from collections.abc import Callable
from typing import Any

_QUERY_LIMITED_INFORMATION = 0x1000
_ACCESS_DENIED = 5
_STILL_ACTIVE = 259


def this_process() -> str:
    """What `threads.runner` says of this process."""
    return f"{os.getpid()}@{socket.gethostname()}"


def lives(runner: str | None) -> bool:
    """Whether the process that `threads.runner` names is there. One of another machine is believed to be."""
    number, _, host = (runner or "").partition("@")
    if not number.isdecimal() or int(number) == 0:
        return False
    if host.casefold() != socket.gethostname().casefold():
        return True
    if sys.platform == "win32":
        # `os.kill` would end it.
        import ctypes

        kernel32 = ctypes.WinDLL("kernel32", use_last_error=True)
        # A handle is as wide as a pointer.
        kernel32.OpenProcess.restype = ctypes.c_void_p
        kernel32.GetExitCodeProcess.argtypes = (ctypes.c_void_p, ctypes.c_void_p)
        kernel32.CloseHandle.argtypes = (ctypes.c_void_p,)
        return lives_in_windows(int(number), kernel32, ctypes.get_last_error)
    try:
        os.kill(int(number), 0)
    except PermissionError:
        return True
    except (OSError, OverflowError):
        return False
    return True


def lives_in_windows(pid: int, kernel32: Any, last_error: Callable[[], int]) -> bool:
    """Whether Windows has a process of this number that has not ended."""
    import ctypes

    handle = kernel32.OpenProcess(_QUERY_LIMITED_INFORMATION, False, pid)
    if not handle:
        return last_error() == _ACCESS_DENIED
    try:
        code = ctypes.c_uint32()
        known = kernel32.GetExitCodeProcess(handle, ctypes.byref(code))
        return not known or code.value == _STILL_ACTIVE
    finally:
        kernel32.CloseHandle(handle)
