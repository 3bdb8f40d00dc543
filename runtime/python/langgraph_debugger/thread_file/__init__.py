"""Answers to requests about the checkpoint file: plain SQL, without LangGraph and the user's values."""
