"""Groups the entries of a long list or map into shared parts, so that a change rewrites one part a level.

Where a part ends depends on the entries in it alone, so that an item appended, inserted or removed changes
the part around it and leaves the others, and their hashes, as they were.
"""

from __future__ import annotations

from itertools import accumulate

from langgraph_debugger.checkpointer.entries import Blob, make_blob, part

_BOUNDARY_MASK = 0x07  # one entry in eight ends a part
_MIN_PART, _MAX_PART = 4, 64
_ROOT_MAX = 16


class Parts:
    """The entries of one list or map, cut into parts; made again from the one before at each change.

    `data` is the list data or map data of the whole value: the entries themselves when they are few,
    and parts of them otherwise.
    """

    __slots__ = ("_ends", "_entries", "_names", "_upper", "data")

    def __init__(
        self,
        entries: list[bytes],
        counts: list[int] | None,
        type_: str,
        before: Parts | None,
        out: list[Blob],
    ) -> None:
        """Cut `entries`, of which each stands for `counts` items (None: one each), into parts.

        Blobs that `before` does not already have are added to `out`.
        """
        self._entries = entries
        self._ends: list[int] = []
        self._names: list[bytes] = []
        self._upper: Parts | None = None
        if len(entries) <= _ROOT_MAX:
            self.data = b"".join(entries)
            return
        start = self._keep(before)
        known = set(before._names) if before is not None else ()
        for end in _cut(entries, start):
            blob = make_blob(type_, b"".join(entries[start:end]))
            name = part(blob, end - start if counts is None else sum(counts[start:end]))
            if name not in known:
                out.append(blob)
            self._ends.append(end)
            self._names.append(name)
            start = end
        if counts is None:
            sizes = [end - begin for begin, end in zip([0, *self._ends], self._ends, strict=False)]
        else:
            sums = [0, *accumulate(counts)]
            sizes = [
                sums[end] - sums[begin] for begin, end in zip([0, *self._ends], self._ends, strict=False)
            ]
        self._upper = Parts(self._names, sizes, type_, before._upper if before else None, out)
        self.data = self._upper.data

    def _keep(self, before: Parts | None) -> int:
        """Take over the parts that lie before the first change; the number of entries in them."""
        if before is None or not before._ends:
            return 0
        unchanged = _common_prefix(before._entries, self._entries)
        # The last part may have ended only because the list did.
        kept = sum(1 for end in before._ends[:-1] if end <= unchanged)
        self._ends = before._ends[:kept]
        self._names = before._names[:kept]
        return self._ends[-1] if kept else 0


def _cut(entries: list[bytes], start: int) -> list[int]:
    """Where the parts of `entries[start:]` end."""
    ends = []
    size = 0
    for at in range(start, len(entries)):
        size += 1
        if size == _MAX_PART or (size >= _MIN_PART and not entries[at][-1] & _BOUNDARY_MASK):
            ends.append(at + 1)
            size = 0
    if size:
        ends.append(len(entries))
    return ends


def _common_prefix(left: list[bytes], right: list[bytes]) -> int:
    shortest = min(len(left), len(right))
    if left[:shortest] == right[:shortest]:
        return shortest
    return next(at for at in range(shortest) if left[at] != right[at])
