import pytest
from hypothesis import given
from hypothesis import strategies as st

from docmarks.runtime.metadata import metadata, with_entry


def varint(value):
    out = b""
    while True:
        value, low = value >> 7, value & 0x7F
        out += bytes([low | (0x80 if value else 0)])
        if not value:
            return out


def string(field, text):
    raw = text.encode()
    return varint(field << 3 | 2) + varint(len(raw)) + raw


def entry(key, value):
    inner = string(1, key) + string(2, value)
    return varint(14 << 3 | 2) + varint(len(inner)) + inner


@given(st.dictionaries(st.text(max_size=20), st.text(max_size=300), max_size=4), st.integers(0, 2**63))
def test_entries_come_back_whatever_lies_between(entries, number):
    between = varint(1 << 3) + varint(number) + string(7, "graph") + varint(3 << 3 | 5) + b"\0" * 4
    data = b"".join(between + entry(key, value) for key, value in entries.items()) + between
    assert metadata(data) == entries


@given(st.binary(min_size=1, max_size=200))
def test_any_other_bytes_are_entries_or_a_value_error(data):
    try:
        assert isinstance(metadata(data), dict)
    except ValueError:
        pass


def test_a_truncated_file_is_an_error():
    with pytest.raises(ValueError, match="past the end"):
        metadata(entry("a", "b" * 50)[:-1])


def test_an_onnx_library_agrees():
    onnx = pytest.importorskip("onnx")
    graph = onnx.helper.make_graph([], "g", [], [])
    model = onnx.helper.make_model(graph)
    onnx.helper.set_model_props(model, {"docmarks": "{}", "other": "\u00e9" * 200})
    assert metadata(model.SerializeToString()) == {"docmarks": "{}", "other": "\u00e9" * 200}


@given(st.dictionaries(st.text(max_size=20), st.text(max_size=300), max_size=4), st.text(max_size=5), st.text())
def test_an_entry_is_set_and_all_else_stays(entries, key, value):
    rest = varint(1 << 3) + varint(9) + string(7, "graph") + varint(3 << 3 | 5) + b"\0" * 4
    data = b"".join(entry(k, v) for k, v in entries.items() if k != key) + rest
    changed = with_entry(data + entry(key, "old"), key, value)
    assert changed == data + entry(key, value)
    assert metadata(changed) == entries | {key: value}


def test_an_onnx_library_reads_what_was_set():
    onnx = pytest.importorskip("onnx")
    model = onnx.helper.make_model(onnx.helper.make_graph([], "g", [], []))
    onnx.helper.set_model_props(model, {"docmarks": "{}", "other": "kept"})
    changed = onnx.load_from_string(with_entry(model.SerializeToString(), "docmarks", "\u00e9" * 300))
    assert {p.key: p.value for p in changed.metadata_props} == {"docmarks": "\u00e9" * 300, "other": "kept"}
    del changed.metadata_props[:], model.metadata_props[:]
    assert changed == model
