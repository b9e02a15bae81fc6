import json

import pytest

from docmarks.files.json_lines import open_lines, read_lines


@pytest.mark.parametrize("cut", range(1, 12))
def test_a_line_after_one_that_was_cut_off_is_whole(tmp_path, cut):
    path = tmp_path / "lines"
    whole = json.dumps({"a": 1}) + "\n" + json.dumps({"b": "é\u2028"}) + "\n"
    path.write_text(whole[:-cut], encoding="utf-8")
    with open_lines(path) as file:
        file.write(json.dumps({"c": 3}) + "\n")
    expected = [{"a": 1}, {"b": "é\u2028"}, {"c": 3}]
    assert read_lines(path) == (expected if cut == 1 else [expected[0], expected[2]])


def test_what_is_no_object_is_passed_over(tmp_path):
    path = tmp_path / "lines"
    path.write_bytes(b"[1]\n\xff\xfe\n" + b"[" * 100_000 + b'\n{"a": 1}\n\n3\n')
    assert read_lines(path) == [{"a": 1}] and read_lines(tmp_path / "none") == []
    with open_lines(path, anew=True):
        pass
    assert path.read_bytes() == b""
