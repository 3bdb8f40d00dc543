"""Starts the runtime with the module search path as a run of the user's own would have it."""

import sys

# Python puts this file's folder first on the path, where modules of this package would hide the standard
# library's.
_here = __file__.replace("\\", "/").rpartition("/")[0]
_parent = _here.rpartition("/")[0] or "."
_first = sys.path[0] if sys.path else None
if _first is not None and _first.replace("\\", "/").rstrip("/") == _here.rstrip("/"):
    sys.path.pop(0)
sys.path.insert(0, _parent)

from langgraph_debugger.session import main  # noqa: E402

sys.path.remove(_parent)

if __name__ == "__main__":
    main()
