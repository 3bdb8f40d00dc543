"""Changes to threads of the checkpoint file: delete, restore, copy, and the removal of what is old."""

from __future__ import annotations

import sqlite3
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from ..checkpointer import maintenance
from ..checkpointer.store import transaction
from ..checkpointer.threads import bring_back, copy_thread, free_id, purge, put_away
from ..errors import RuntimeFailure
from .listing import size_of
from .opening import number_of, outside_of_transactions, unknown_thread, writing

if TYPE_CHECKING:
    from ..file_protocol import (
        CopyThreadParams,
        CopyThreadResult,
        DeleteThreadParams,
        DeleteThreadResult,
        PruneParams,
        PruneResult,
        RestoreThreadParams,
        RestoreThreadResult,
    )


def delete(params: DeleteThreadParams) -> DeleteThreadResult:
    """Take a thread out of the list, whatever it holds."""
    path, thread_id = Path(params["file"]), params["threadId"]
    with writing(path, thread_id) as connection:
        deleted = put_away(connection, thread_id)
        if deleted is None:
            raise unknown_thread(path, thread_id)
    return {"deleted": deleted}


def restore(params: RestoreThreadParams) -> RestoreThreadResult:
    """Bring a deleted thread back."""
    path = Path(params["file"])
    with writing(path, params["deleted"]) as connection:
        thread_id = bring_back(connection, params["deleted"])
        if thread_id is None:
            raise RuntimeFailure(
                "unknownThread", "This deleted thread is not in the checkpoint file any more: it was removed."
            )
    return {"threadId": thread_id}


def copy(params: CopyThreadParams) -> CopyThreadResult:
    """All of a thread, to another one."""
    path, thread_id = Path(params["file"]), params["threadId"]
    with writing(path, thread_id) as connection:
        number_of(connection, path, thread_id)
        target = free_id(connection, thread_id)
        copy_thread(connection, thread_id, target)
    return {"threadId": target}


def prune(params: PruneParams) -> PruneResult:
    """Remove old checkpoints, deleted threads and free space; or only tell what would go."""
    path = Path(params["file"])
    with outside_of_transactions(path) as connection:
        if connection is None:
            return {"checkpoints": 0, "spared": 0, "deletedThreads": 0, "bytes": 0}
        before = size_of(path, connection)["bytes"]
        connection.execute("BEGIN IMMEDIATE")
        try:
            pruned = _prune(connection, path, params)
            deleted = purge(connection)
            free = size_of(path, connection)["free"]
            connection.execute("ROLLBACK" if params["dryRun"] else "COMMIT")
        finally:
            if connection.in_transaction:
                connection.execute("ROLLBACK")
        if not params["dryRun"]:
            with transaction(connection):
                maintenance.vacuum(connection, sys.maxsize)
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
            free = max(0, int(before - size_of(path, connection)["bytes"]))
    return {
        "checkpoints": pruned.gone,
        "spared": pruned.spared,
        "deletedThreads": deleted,
        "bytes": free,
    }


def _prune(connection: sqlite3.Connection, path: Path, params: PruneParams) -> maintenance.Pruned:
    keep = params.get("keep")
    ids = params.get("threadIds")
    if ids is None:
        ids = [id_ for (id_,) in connection.execute("SELECT id FROM threads WHERE deleted IS NULL")]
    for thread_id in ids:
        number_of(connection, path, thread_id)
    if keep is None:
        return maintenance.Pruned(0, 0)
    if keep < 1:
        raise RuntimeFailure(
            "invalidInput", "At least 1 checkpoint of each graph is kept; delete the threads instead."
        )
    all_ = [maintenance.prune(connection, thread_id, int(keep)) for thread_id in ids]
    return maintenance.Pruned(sum(each.gone for each in all_), sum(each.spared for each in all_))
