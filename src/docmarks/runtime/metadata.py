"""Reads the metadata entries of an ONNX file without an ONNX library.

An ONNX file is one protocol buffer message, ``ModelProto``; its field 14 (``metadata_props``) repeats messages of
two strings, key (1) and value (2). Everything else is skipped. Source: the published onnx.proto and the protocol
buffers encoding page.
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
    entries = {}
    for field, content in _fields(memoryview(data)):
        if field == METADATA_PROPS:
            parts = {f: bytes(c).decode("utf-8") for f, c in _fields(content)}
            entries[parts.get(KEY, "")] = parts.get(VALUE, "")
    return entries


def _fields(data: memoryview) -> Iterator[tuple[int, memoryview]]:
    """(field number, content) of every length-delimited field; the others are stepped over."""
    at = 0
    while at < len(data):
        key, at = _varint(data, at)
        field, kind = key >> 3, key & 7
        if kind == LENGTH:
            size, at = _varint(data, at)
            if at + size > len(data):
                raise ValueError("a field reaches past the end")
            yield field, data[at : at + size]
            at += size
        elif kind == VARINT:
            _, at = _varint(data, at)
        elif kind in (FIXED64, FIXED32):
            at += 8 if kind == FIXED64 else 4
        else:
            raise ValueError(f"unknown wire type {kind}")


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
