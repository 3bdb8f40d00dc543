"""Entries, list data and map data of the checkpoint file, as bytes; see runtime/schema/checkpoints.md."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from hashlib import sha256
from typing import NamedTuple

REF, PART, NULL, ITEM, OTHER = 0x00, 0x01, 0x02, 0x20, 0x1F
_CODE_OF_TYPE = {"msgpack": 0x10, "json": 0x11, "bytes": 0x12}
_TYPE_OF_CODE = {code: type_ for type_, code in _CODE_OF_TYPE.items()}

LIST, MAP, LIVE = "@list", "@map", "@live"
INT = "int"
"""Of an integer beyond 64 bits, which msgpack refuses: its hexadecimal digits."""
HASH_SIZE = 16
INLINE_MAX = 32

NULL_ENTRY = bytes([NULL])

Stored = tuple[str, bytes]
"""Type and data of a blob."""


class MalformedError(ValueError):
    """Bytes that are not entries, list data or map data."""


class Blob(NamedTuple):
    """One row of `blobs`, without its thread."""

    hash: bytes
    type: str
    data: bytes


class Parsed(NamedTuple):
    """One entry, read: a hash for REF and PART, `type` and `data` for inline
    values, `key` inside a map, `items` for how many a PART stands for."""

    tag: int
    hash: bytes
    type: str
    data: bytes
    key: str | None = None
    items: int = 1


def varint(number: int) -> bytes:
    """Unsigned LEB128."""
    if number < 0x80:
        return bytes((number,))
    out = bytearray()
    while number >= 0x80:
        out.append(number & 0x7F | 0x80)
        number >>= 7
    out.append(number)
    return bytes(out)


def make_blob(type_: str, data: bytes) -> Blob:
    """A blob with its content hash."""
    digest = sha256(type_.encode() + b"\0")
    digest.update(data)
    return Blob(digest.digest()[:HASH_SIZE], type_, data)


def ref_to(hash_: bytes) -> bytes:
    """The entry for a value that is held in the blob with this hash."""
    return b"\x00" + hash_


def part(blob: Blob, count: int) -> bytes:
    """The entry for `count` items of a list or map that are held in a blob."""
    return b"\x01" + varint(count) + blob.hash


def inline(type_: str, data: bytes) -> bytes:
    """The entry that holds a serialised value itself."""
    if type_ == "null":
        return NULL_ENTRY
    code = _CODE_OF_TYPE.get(type_)
    if code is not None:
        return bytes((code,)) + varint(len(data)) + data
    name = type_.encode()
    return bytes((OTHER,)) + varint(len(name)) + name + varint(len(data)) + data


def item_prefix(key: str) -> bytes:
    """What stands before the entry of a map's value. Raises UnicodeEncodeError for a lone surrogate."""
    name = key.encode()
    return bytes((ITEM,)) + varint(len(name)) + name


def parse(data: bytes) -> Iterator[Parsed]:
    """Read entries, list data or map data from first to last. Raises MalformedError."""
    at = 0
    end = len(data)
    key: str | None = None
    try:
        while at < end:
            tag = data[at]
            at += 1
            if tag == REF:
                at, start = at + HASH_SIZE, at
                entry = Parsed(REF, _exactly(data[start:at], HASH_SIZE), "", b"", key)
            elif tag == PART:
                count, at = _read_varint(data, at)
                at, start = at + HASH_SIZE, at
                entry = Parsed(PART, _exactly(data[start:at], HASH_SIZE), "", b"", None, count)
            elif tag == NULL:
                entry = Parsed(NULL, b"", "null", b"", key)
            elif tag == ITEM:
                raw, at = _read_bytes(data, at)
                key = raw.decode()
                continue
            else:
                if tag == OTHER:
                    name, at = _read_bytes(data, at)
                    type_ = name.decode()
                else:
                    type_ = _TYPE_OF_CODE[tag]
                raw, at = _read_bytes(data, at)
                entry = Parsed(tag, b"", type_, raw, key)
            key = None
            yield entry
    except (IndexError, KeyError, UnicodeDecodeError) as error:
        raise MalformedError(f"not an entry: byte {at} of {end}") from error


def hashes(data: bytes) -> Iterable[bytes]:
    """The blobs that entries, list data or map data name directly."""
    return (entry.hash for entry in parse(data) if entry.hash)


def _exactly(data: bytes, size: int) -> bytes:
    if len(data) != size:
        raise IndexError("too short")
    return data


def _read_varint(data: bytes, at: int) -> tuple[int, int]:
    number = shift = 0
    while True:
        byte = data[at]
        at += 1
        number |= (byte & 0x7F) << shift
        if byte < 0x80:
            return number, at
        shift += 7


def _read_bytes(data: bytes, at: int) -> tuple[bytes, int]:
    size, at = _read_varint(data, at)
    return _exactly(data[at : at + size], size), at + size
