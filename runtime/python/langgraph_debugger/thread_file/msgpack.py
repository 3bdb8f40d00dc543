"""Reads MessagePack into plain Python values, without making any object that it names."""

from __future__ import annotations

import struct
from typing import Any, NamedTuple

_NUMBERS = {0xCA: ">f", 0xCB: ">d", 0xCC: ">B", 0xCD: ">H", 0xCE: ">I", 0xCF: ">Q"}
_NUMBERS.update({0xD0: ">b", 0xD1: ">h", 0xD2: ">i", 0xD3: ">q"})
_SIZES = {0xC4: ">B", 0xC5: ">H", 0xC6: ">I", 0xC7: ">B", 0xC8: ">H", 0xC9: ">I"}
_SIZES.update({0xD9: ">B", 0xDA: ">H", 0xDB: ">I", 0xDC: ">H", 0xDD: ">I", 0xDE: ">H", 0xDF: ">I"})
_CONSTANTS = {0xC0: None, 0xC2: False, 0xC3: True}


class Extension(NamedTuple):
    """A value of an application's own type, with its bytes as they are."""

    code: int
    data: bytes


def unpack(data: bytes) -> Any:
    """The first value in `data`. Raises ValueError when it is not MessagePack."""
    try:
        return _Unpacker(data).value()
    except (IndexError, struct.error, UnicodeDecodeError, TypeError, RecursionError) as error:
        raise ValueError(f"not MessagePack: {error}") from error


class _Unpacker:
    def __init__(self, data: bytes) -> None:
        self._data = data
        self._at = 0

    def value(self) -> Any:
        tag = self._data[self._at]
        self._at += 1
        if tag < 0x80:
            return tag
        if tag < 0x90:
            return self._map(tag & 0x0F)
        if tag < 0xA0:
            return self._array(tag & 0x0F)
        if tag < 0xC0:
            return self._take(tag & 0x1F).decode()
        if tag >= 0xE0:
            return tag - 0x100
        if tag in _CONSTANTS:
            return _CONSTANTS[tag]
        if tag in _NUMBERS:
            return self._number(_NUMBERS[tag])
        if 0xD4 <= tag <= 0xD8:
            return self._extension(1 << (tag - 0xD4))
        if tag not in _SIZES:
            raise IndexError(f"no value begins with {tag:#x}")
        return self._sized(tag, int(self._number(_SIZES[tag])))

    def _sized(self, tag: int, size: int) -> Any:
        if tag <= 0xC6:
            return self._take(size)
        if tag <= 0xC9:
            return self._extension(size)
        if tag <= 0xDB:
            return self._take(size).decode()
        return self._array(size) if tag <= 0xDD else self._map(size)

    def _take(self, size: int) -> bytes:
        start, self._at = self._at, self._at + size
        if self._at > len(self._data):
            raise IndexError("too short")
        return self._data[start : self._at]

    def _number(self, form: str) -> Any:
        return struct.unpack(form, self._take(struct.calcsize(form)))[0]

    def _extension(self, size: int) -> Extension:
        (code,) = struct.unpack(">b", self._take(1))
        return Extension(code, self._take(size))

    def _array(self, size: int) -> list[Any]:
        return [self.value() for _ in range(size)]

    def _map(self, size: int) -> dict[Any, Any]:
        return {self.value(): self.value() for _ in range(size)}
