"""The version that the Python runtime says hello with is that of the protocol."""

from __future__ import annotations

from langgraph_debugger import connection, protocol


def test_the_version_is_that_of_the_generated_types() -> None:
    assert connection.PROTOCOL_VERSION == protocol.PROTOCOL_VERSION
