import io

import numpy as np
import pytest

from docmarks.errors import DocmarksError
from docmarks.files.npz_file import read_npz


def stored(**arrays):
    buffer = io.BytesIO()
    np.savez_compressed(buffer, **arrays)
    return buffer.getvalue()


def test_arrays_come_back_by_name(tmp_path):
    (tmp_path / "a.npz").write_bytes(stored(x=np.arange(3), y=np.eye(2)))
    found = read_npz(tmp_path / "a.npz", "x and y", "", ["y"])
    assert list(found["x"]) == [0, 1, 2] and sorted(found) == ["x", "y"]


def test_a_file_that_is_missing_or_lacks_an_array(tmp_path):
    with pytest.raises(DocmarksError, match=r"a\.npz: no such file; write it"):
        read_npz(tmp_path / "a.npz", "numbers", "write it")
    (tmp_path / "a.npz").write_bytes(stored(x=np.arange(3)))
    with pytest.raises(DocmarksError, match=r"a\.npz: not numbers, or a damaged file \(.*y.*\); write it"):
        read_npz(tmp_path / "a.npz", "numbers", "write it", ["y"])
    with pytest.raises(DocmarksError, match="cannot be read"):
        read_npz(tmp_path, "numbers", "write it")


@pytest.mark.parametrize(
    "whole", [stored(x=np.arange(50), y=np.ones((7, 3))), b"", b"text", b"PK\x03\x04", b"\x80\x04."]
)
def test_whatever_has_become_of_a_file_is_one_line(tmp_path, whole):
    file, rng = tmp_path / "a.npz", np.random.default_rng(0)
    cut = [whole[: len(whole) * part // 20] for part in range(20)]
    changed = []
    for _ in range(200 if len(whole) > 99 else 0):
        data = bytearray(whole)
        data[int(rng.integers(len(data)))] ^= 1 << int(rng.integers(8))
        changed.append(bytes(data))
    for data in (*cut, *changed):
        file.write_bytes(data)
        try:
            read_npz(file, "numbers", "write it")
        except DocmarksError as error:
            assert "\n" not in str(error) and str(error).endswith("; write it")
        else:
            assert data in changed


def test_what_is_not_read_without_running_something_is_refused(tmp_path):
    for name, save in (("a.npz", np.savez), ("b.npz", np.save)):
        with (tmp_path / name).open("wb") as file:
            save(file, np.array([{}], object))
        with pytest.raises(DocmarksError, match="not numbers"):
            read_npz(tmp_path / name, "numbers", "write it")
    np.save(tmp_path / "c.npy", np.arange(3))
    with pytest.raises(DocmarksError, match="not numbers"):
        read_npz(tmp_path / "c.npy", "numbers", "write it")
