"""Reads and writes the metadata entries of an ONNX file without an ONNX library.

An ONNX file is one protocol buffer message, ``ModelProto``; its field 14 (``metadata_props``) repeats messages of
two strings, key (1) and value (2). Everything else is skipped, or copied as it is. Source: the published onnx.proto
and the protocol buffers encoding page.
"""

from __future__ import annotations

from collections.abc import Iterator

METADATA_PROPS, KEY, VALUE = 14, 1, 2
VARINT, FIXED64, LENGTH, FIXED32 = 0, 1, 2, 5


def metadata(data: bytes) -> dict[str, str]:
    """The entries of a serialised model.

    Raises:
        ValueError: The bytes are no protocol buffer message.
    """
    return dict(
        _entry(content) for field, content, _ in _fields(memoryview(data)) if field == METADATA_PROPS and content
    )


def with_entry(data: bytes, key: str, value: str) -> bytes:
    """The serialised model with one entry set; all else stays byte for byte. Fields may stand in any order.

    Raises:
        ValueError: The bytes are no protocol buffer message.
    """
    kept = [
        bytes(whole)
        for field, content, whole in _fields(memoryview(data))
        if field != METADATA_PROPS or not content or _entry(content)[0] != key
    ]
    entry = _text(KEY, key.encode("utf-8")) + _text(VALUE, value.encode("utf-8"))
    return b"".join(kept) + _text(METADATA_PROPS, entry)


def _entry(content: memoryview) -> tuple[str, str]:
    parts = {field: bytes(part).decode("utf-8") for field, part, _ in _fields(content)}
    return parts.get(KEY, ""), parts.get(VALUE, "")


def _fields(data: memoryview) -> Iterator[tuple[int, memoryview, memoryview]]:
    """(field number, content, the whole field with its key) of every field; numbers have an empty content."""
    at = 0
    while at < len(data):
        start = at
        key, at = _varint(data, at)
        field, kind = key >> 3, key & 7
        content = data[at:at]
        if kind == LENGTH:
            size, at = _varint(data, at)
            content = data[at : at + size]
            at += size
        elif kind == VARINT:
            _, at = _varint(data, at)
        elif kind in (FIXED64, FIXED32):
            at += 8 if kind == FIXED64 else 4
        else:
            raise ValueError(f"unknown wire type {kind}")
        if at > len(data):
            raise ValueError("a field reaches past the end")
        yield field, content, data[start:at]


def _varint(data: memoryview, at: int) -> tuple[int, int]:
    value = shift = 0
    while True:
        if at >= len(data) or shift > 63:
            raise ValueError("a number breaks off")
        byte = data[at]
        at += 1
        value |= (byte & 0x7F) << shift
        if byte < 0x80:
            return value, at
        shift += 7


def _text(field: int, content: bytes) -> bytes:
    return _number(field << 3 | LENGTH) + _number(len(content)) + content


def _number(value: int) -> bytes:
    """A varint: seven bits a byte, the lowest first; the eighth says that more follow."""
    found = bytearray()
    while value >= 0x80:
        found.append(value & 0x7F | 0x80)
        value >>= 7
    return bytes([*found, value])
