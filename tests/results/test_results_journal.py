from pathlib import Path

import numpy as np
import pytest

from docmarks.data.dataset import DatasetPage
from docmarks.errors import DocmarksError
from docmarks.evaluate.quality import Quality
from docmarks.evaluate.run import Seen
from docmarks.marks import Detections, Page
from docmarks.results.journal import JournalFile

LABELS = ("Signature", "Stamp")
SEEN = Seen(
    Detections(np.array([[0.1, 2, 3.7, 4]], np.float32), np.array([[0.3, 0]], np.float32), LABELS),
    Quality("grey", 90, float("nan"), 0.25),
)


@pytest.fixture
def page(tmp_path):
    file = tmp_path / "a.png"
    file.write_bytes(b"image")
    return DatasetPage(file, Page(9, 9), "g", frozenset())


def interrupted(path, page, model="m"):
    with pytest.raises(KeyboardInterrupt), JournalFile(path, model, LABELS) as journal:
        journal.put(page, SEEN)
        raise KeyboardInterrupt


def test_what_was_found_is_known_after_an_interruption(tmp_path, page):
    path = tmp_path / "j"
    interrupted(path, page)
    with JournalFile(path, "m", LABELS) as journal:
        again = journal.get(page)
        np.testing.assert_array_equal(again.found.boxes, SEEN.found.boxes)
        np.testing.assert_array_equal(again.found.scores, SEEN.found.scores)
        assert again.found.boxes.dtype == np.float32 and str(again.quality) == str(SEEN.quality)
    assert not path.exists()  # the run came to its end


def test_another_model_or_a_changed_page_begins_anew(tmp_path, page):
    path = tmp_path / "j"
    interrupted(path, page)
    page.file.write_bytes(b"another image")
    with pytest.raises(KeyboardInterrupt), JournalFile(path, "m", LABELS) as journal:
        assert len(journal) == 1 and journal.get(page) is None
        raise KeyboardInterrupt
    with JournalFile(path, "other", LABELS) as journal:
        assert len(journal) == 0


def test_a_line_that_was_cut_off_is_forgotten(tmp_path, page):
    path = tmp_path / "j"
    interrupted(path, page)
    whole = path.read_text()
    path.write_text(whole[:-5])
    with JournalFile(path, "m", LABELS) as journal:
        assert len(journal) == 0 and journal.get(page) is None
        journal.put(page, SEEN)
    with pytest.raises(KeyboardInterrupt), JournalFile(path, "m", LABELS) as journal:
        journal.put(page, SEEN)
        raise KeyboardInterrupt
    path.write_text(path.read_text() + '{"key": "half')  # killed while it wrote
    interrupted(path, DatasetPage(page.file, Page(9, 9, number=2), "g", frozenset()))
    with pytest.raises(KeyboardInterrupt), JournalFile(path, "m", LABELS) as journal:
        assert len(journal) == 2 and journal.get(page) is not None
        raise KeyboardInterrupt
    path.write_bytes(b"\xff\x00")
    assert len(JournalFile(path, "m", LABELS)) == 0


def test_an_unwritable_folder_is_told(tmp_path):
    with pytest.raises(DocmarksError, match="cannot be written"):
        JournalFile(Path("/proc/nowhere/j"), "m", LABELS)
