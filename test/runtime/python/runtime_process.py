"""A runtime in a process of its own, for tests of what it tells."""

from __future__ import annotations

import contextlib
import json
import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any


class Runtime:
    """A runtime process, and the events that it has sent."""

    def __init__(self) -> None:
        server = socket.create_server(("127.0.0.1", 0))
        package = Path(__file__).parents[3] / "runtime" / "python" / "langgraph_debugger"
        env = {"LANGGRAPH_DEBUG_PORT": str(server.getsockname()[1]), "LANGGRAPH_DEBUG_TOKEN": "token"}
        self.process = subprocess.Popen([sys.executable, package], env={**os.environ, **env})
        server.settimeout(30)
        self._socket = server.accept()[0]
        self._file = self._socket.makefile("rb")
        self._last = 0
        self.events: list[tuple[str, Any]] = []
        hello = next(self._messages())
        self._send({"jsonrpc": "2.0", "id": hello["id"], "result": {"protocolVersion": 1}})

    def request(self, method: str, params: Any) -> Any:
        self._last += 1
        self._send({"jsonrpc": "2.0", "id": self._last, "method": method, "params": params})
        for message in self._messages():
            if "method" in message:
                self.events.append((message["method"], message["params"]))
            else:
                return message["result"]
        raise AssertionError("the connection ended")

    def stopped(self) -> Any:
        for message in self._messages():
            self.events.append((message["method"], message["params"]))
            if message["method"] == "stopped":
                return message["params"]
        raise AssertionError("the connection ended")

    def _messages(self) -> Iterator[Any]:
        # Windows tells the end of a process that leaves at once as an error.
        with contextlib.suppress(ConnectionError):
            while line := self._file.readline():
                self._file.readline()
                yield json.loads(self._file.read(int(line.split(b":")[1])))

    def _send(self, message: Any) -> None:
        body = json.dumps(message).encode()
        self._socket.sendall(b"Content-Length: %d\r\n\r\n%b" % (len(body), body))
