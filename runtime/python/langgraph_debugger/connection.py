"""The socket to the adapter: JSON-RPC 2.0 in `Content-Length` frames, sent from any thread, read by one."""

from __future__ import annotations

import contextlib
import json
import math
import os
import socket
import sys
import threading
import time
from collections import deque
from collections.abc import Iterator
from typing import Any

PROTOCOL_VERSION = 1
"""`protocolVersion` of src/protocol/runtime.ts; protocol.py can't be imported without typing_extensions."""

_PORT = "LANGGRAPH_DEBUG_PORT"
_TOKEN = "LANGGRAPH_DEBUG_TOKEN"

_WAIT_SECONDS = 0.005
_WAITING_MOST = 1000


_to_text = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), allow_nan=False).encode


class Connection:
    """
    Framed messages over a connected socket, in the order in which they were given. Sending after the other
    side has gone does nothing.
    """

    def __init__(self, stream: socket.socket) -> None:
        self._socket = stream
        self._lock = threading.Lock()
        """Of who sends."""
        self._open = True
        self._waiting: deque[bytes] = deque()
        self._due = threading.Event()
        """Set while the thread for what waits is about to send it."""
        self._sent = time.monotonic()
        self._process = os.getpid()
        threading.Thread(target=self._send_due, name="langgraph-debugger-events", daemon=True).start()

    @classmethod
    def from_environment(cls) -> tuple[Connection, str]:
        """
        Connects to the adapter; gives the connection and the token, and removes both from the environment.
        """
        port = os.environ.pop(_PORT, None)
        token = os.environ.pop(_TOKEN, None)
        if not port or not token:
            sys.exit("This is the runtime of the LangGraph debugger; the debug adapter starts it.")
        stream = socket.create_connection(("127.0.0.1", int(port)), timeout=10)
        stream.settimeout(None)
        stream.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return cls(stream), token

    def notify(self, method: str, params: Any, *, waits: bool = False) -> None:
        """
        Sends an event. One that `waits` goes some milliseconds after what was sent last, or with the next
        message that does not wait: sending takes as long as a superstep of small nodes does.
        """
        self._waiting.append(_frame({"jsonrpc": "2.0", "method": method, "params": params}))
        if waits and len(self._waiting) < _WAITING_MOST:
            if self._due.is_set():
                return
            if time.monotonic() - self._sent < _WAIT_SECONDS:
                self._due.set()
                return
        self.flush()

    def request(self, request_id: int, method: str, params: Any) -> None:
        """Sends a request (`hello` is the only one)."""
        self._send({"jsonrpc": "2.0", "id": request_id, "method": method, "params": params})

    def respond(self, request_id: Any, result: Any) -> None:
        self._send({"jsonrpc": "2.0", "id": request_id, "result": result})

    def refuse(self, request_id: Any, message: str, data: Any, code: int = -32000) -> None:
        self._send(
            {"jsonrpc": "2.0", "id": request_id, "error": {"code": code, "message": message, "data": data}}
        )

    def messages(self) -> Iterator[dict[str, Any]]:
        """What the adapter sends, until the connection ends."""
        buffer = bytearray()
        while True:
            end = buffer.find(b"\r\n\r\n")
            while end < 0:
                if not self._receive(buffer):
                    return
                end = buffer.find(b"\r\n\r\n")
            length = _content_length(bytes(buffer[:end]))
            if length is None:
                return
            start = end + 4
            while len(buffer) < start + length:
                if not self._receive(buffer):
                    return
            body = bytes(buffer[start : start + length])
            del buffer[: start + length]
            message = json.loads(body)
            if isinstance(message, dict):
                yield message

    def close(self) -> None:
        """Ends the connection after what was sent."""
        self._open = False
        with contextlib.suppress(OSError):
            self._socket.shutdown(socket.SHUT_RDWR)

    def _receive(self, buffer: bytearray) -> bool:
        try:
            chunk = self._socket.recv(65536)
        except OSError:
            return False
        buffer += chunk
        return bool(chunk)

    def _send(self, message: dict[str, Any]) -> None:
        self._waiting.append(_frame(message))
        self.flush()

    def _send_due(self) -> None:
        while True:
            self._due.wait()
            time.sleep(_WAIT_SECONDS)
            self._due.clear()
            self.flush()

    def flush(self, seconds: float = -1) -> None:
        """Sends what waits; gives up where another thread has been sending for some `seconds`."""
        # A child process has a copy of what waits, and perhaps of a lock that nobody opens there.
        if os.getpid() != self._process or not self._lock.acquire(timeout=seconds):
            return
        try:
            frames = []
            while self._waiting:
                frames.append(self._waiting.popleft())
            if self._open and frames:
                self._socket.sendall(b"".join(frames))
        except OSError:
            self._open = False
        finally:
            self._sent = time.monotonic()
            self._lock.release()


def _frame(message: dict[str, Any]) -> bytes:
    try:
        body = _to_text(message).encode()
    except (ValueError, UnicodeEncodeError):
        # NaN and lone surrogates can't be said in JSON and UTF-8; nothing else of the message is lost.
        body = json.dumps(_sayable(message), separators=(",", ":")).encode()
    return b"Content-Length: %d\r\n\r\n%b" % (len(body), body)


def _content_length(header: bytes) -> int | None:
    for line in header.split(b"\r\n"):
        name, _, value = line.partition(b":")
        if name.strip().lower() == b"content-length" and value.strip().isdigit():
            return int(value)
    return None


def _sayable(value: Any) -> Any:
    if isinstance(value, float) and (not math.isfinite(value)):
        return None
    if isinstance(value, str):
        return value.encode("utf-8", "replace").decode()
    if isinstance(value, dict):
        return {_sayable(k): _sayable(v) for k, v in value.items()}
    if isinstance(value, list):
        return [_sayable(v) for v in value]
    return value
