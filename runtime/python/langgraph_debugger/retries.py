"""Whether LangGraph will run a task again after an error."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any


def will_retry(task: Any, error: BaseException, attempts: int) -> bool:
    """
    As langgraph/pregel/_retry.py decides: the first policy of the task that takes the error, and its limit.
    """
    if not isinstance(error, Exception):
        return False
    policies = getattr(task, "retry_policy", None) or ()
    for policy in (
        policies if isinstance(policies, Sequence) and not hasattr(policies, "retry_on") else (policies,)
    ):
        if _takes(policy.retry_on, error):
            return attempts < int(policy.max_attempts)
    return False


def _takes(retry_on: Any, error: Exception) -> bool:
    if isinstance(retry_on, Sequence):
        return isinstance(error, tuple(retry_on))
    if isinstance(retry_on, type):
        return isinstance(error, retry_on)
    try:
        return bool(retry_on(error))
    except Exception:
        return False
