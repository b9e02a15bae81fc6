from pathlib import Path

import pytest

from docmarks.errors import DocmarksError
from docmarks.pages.collect import collect


@pytest.fixture
def folder(tmp_path):
    """Documents and what only looks like them."""
    files = {
        "b/z.PDF": b"",
        "a.txt": b"notes",
        "scan": b"%PDF-1.4",
        "scan.tif": b"",
        ".hidden.pdf": b"",
        ".git/a.pdf": b"",
    }
    for name, content in files.items():
        path = tmp_path / "in" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    return tmp_path / "in"


def test_folders_are_searched_and_other_files_counted(folder):
    found = collect([folder, folder / "b" / "z.PDF"])
    assert found.files == (folder / "b" / "z.PDF", folder / "scan", folder / "scan.tif")
    assert found.names == ("b/z.PDF", "scan", "scan.tif") and found.skipped == 1


def test_a_file_is_taken_whatever_it_is_and_only_once(folder):
    found = collect([folder / "a.txt", folder / "a.txt"])
    assert found.files == (folder / "a.txt",) and found.names == ("a.txt",)


def test_no_two_names_are_alike(folder):
    (folder / "b" / "scan.tif").write_bytes(b"")
    found = collect([folder, folder / "b"])
    assert len(set(found.names)) == len(found.names) == 4
    found = collect([folder / "b" / "scan.tif", folder / "scan.tif"])
    assert found.names == (str(folder / "b" / "scan.tif"), str(folder / "scan.tif"))


@pytest.mark.parametrize("inside", [True, False])
def test_earlier_results_are_no_documents(folder, inside):
    out = folder / "out" if inside else folder
    for name in ("scan.annotated.pdf", "fax.annotated-2.png", "crops/Date/a-p1-1.png"):
        (out / name).parent.mkdir(parents=True, exist_ok=True)
        (out / name).write_bytes(b"")
    found = collect([folder], out)
    assert found.names == ("b/z.PDF", "scan", "scan.tif") and found.skipped == 4


def test_results_of_another_run_are_told_by_their_names(folder):
    (folder / "scan.annotated.pdf").write_bytes(b"")
    (folder / "out" / "crops" / "Date").mkdir(parents=True)
    (folder / "out" / "crops" / "Date" / "scan-p1-7.png").write_bytes(b"")
    assert collect([folder]).skipped == 3
    assert collect([folder / "scan.annotated.pdf"]).names == ("scan.annotated.pdf",)  # asked for by name


def test_nothing_to_do_is_told(tmp_path):
    (tmp_path / "empty").mkdir()
    with pytest.raises(DocmarksError, match="none: no such file or folder; check the spelling"):
        collect([tmp_path / "none"])
    with pytest.raises(DocmarksError, match="no PDF, TIFF, PNG, JPEG or WebP in this folder"):
        collect([tmp_path / "empty"])
    with pytest.raises(DocmarksError, match="no such file or folder"):
        collect([Path("x" * 5000)])
