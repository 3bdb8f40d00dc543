"""The one error of the checkpoint file: a code for programs, a sentence that says what to do for people."""

from __future__ import annotations

import sqlite3
from pathlib import Path
from typing import Literal

Code = Literal[
    "corrupt",
    "diskFull",
    "locked",
    "newerVersion",
    "notADatabase",
    "otherLanguage",
    "readOnly",
    "unknown",
]

_ADVICE: dict[Code, str] = {
    "corrupt": "is damaged. Move it away or restore a copy; a new one is made at the next start.",
    "diskFull": "could not grow: the disk or a quota is full. Free some space and go on; "
    "nothing that was stored is lost.",
    "locked": "is locked by another program. Close it, or choose another file with 'checkpoints'.",
    "newerVersion": "was made by a newer version of this debugger. Update the debugger, "
    "or choose another file with 'checkpoints'.",
    "notADatabase": "is not a checkpoint file of this debugger and was left as it is. "
    "Choose another file with 'checkpoints'.",
    "otherLanguage": "belongs to the other language.",
    "readOnly": "cannot be written. Give yourself write access to the file and its folder, "
    "or choose another file with 'checkpoints'.",
    "unknown": "could not be used.",
}

# Primary result codes of SQLite (sqlite.org/rescode.html).
_BY_RESULT_CODE: dict[int, Code] = {
    3: "readOnly",  # SQLITE_PERM
    5: "locked",  # SQLITE_BUSY
    6: "locked",  # SQLITE_LOCKED
    8: "readOnly",  # SQLITE_READONLY
    11: "corrupt",  # SQLITE_CORRUPT
    13: "diskFull",  # SQLITE_FULL
    14: "readOnly",  # SQLITE_CANTOPEN
    26: "notADatabase",  # SQLITE_NOTADB
}
_IOERR_WRITE_CODES = {778, 1034, 1290, 1546, 4874}  # write, fsync, dir fsync, truncate, shmsize

# Python 3.10 has no `sqlite_errorcode`; SQLite's texts are stable.
_BY_TEXT: dict[str, Code] = {
    "database is locked": "locked",
    "database table is locked": "locked",
    "readonly database": "readOnly",
    "unable to open database": "readOnly",
    "malformed": "corrupt",
    "disk is full": "diskFull",
    "disk I/O error": "diskFull",
    "not a database": "notADatabase",
}


class CheckpointFileError(Exception):
    """The checkpoint file cannot be used; `code` says why, the message says what to do."""

    def __init__(self, code: Code, path: Path, detail: str = "") -> None:
        self.code: Code = code
        self.path = path
        text = f"The checkpoint file {path} {_ADVICE[code]}"
        super().__init__(f"{text} ({detail})" if detail else text)


class UnknownCheckpointError(LookupError):
    """The checkpoint that was to be edited is not in the file."""


def closed(path: Path) -> CheckpointFileError:
    """The saver was used after `close()`."""
    return CheckpointFileError("unknown", path, "it was closed")


def other_language(path: Path, thread_id: str, language: str) -> CheckpointFileError:
    """The thread was made by the other runtime, whose values this one cannot read."""
    error = CheckpointFileError("otherLanguage", path)
    error.args = (
        f"The thread {thread_id!r} in {path} was made by a {language} graph. Choose another thread id.",
    )
    return error


def from_sqlite(error: sqlite3.Error, path: Path) -> CheckpointFileError:
    """Translate an error of `sqlite3`; its own text stays as the detail."""
    result = getattr(error, "sqlite_errorcode", None)
    code: Code = "unknown"
    if result is not None:
        code = _BY_RESULT_CODE.get(result & 0xFF, "unknown")
        if result in _IOERR_WRITE_CODES:
            code = "diskFull"
    else:
        code = next((known for text, known in _BY_TEXT.items() if text in str(error)), "unknown")
    return CheckpointFileError(code, path, str(error))
