"""Runs LangGraph graphs under the LangGraph Debugger."""
