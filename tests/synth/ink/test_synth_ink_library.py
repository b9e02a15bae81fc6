import numpy as np
import pytest

from docmarks.errors import DocmarksError
from docmarks.synth.handwriting.pen import Pen, lay
from docmarks.synth.ink import handwritten
from docmarks.synth.ink.library import Ink, InkFile, InkLibrary


@pytest.fixture
def folder(tmp_path):
    # Two items: an L of two strokes, then one stroke.
    points = np.array(
        [[0, 0, 255], [0, 1000, 255], [0, 1000, 128], [500, 1000, 0], [100, 0, 255], [100, 500, 255]],
        np.int16,
    )
    offsets = {"stroke_offsets": np.array([0, 2, 4, 6]), "item_offsets": np.array([0, 2, 3])}
    np.savez(
        tmp_path / "signatures_x.npz",
        points=points,
        **offsets,
        texts=np.array(["L", "I"]),
        writers=np.array([0, 1]),
    )
    return tmp_path


def test_items_are_cut_out_of_the_arrays(folder):
    file = InkFile(folder / "signatures_x.npz")
    assert len(file) == 2 and (file[0].text, file[1].text) == ("L", "I")
    down, across = file[0].strokes
    assert down.tolist() == [[0, 0, 1], [0, 1, 1]] and across[1, :2].tolist() == [0.5, 1]
    assert file[1].strokes[0][:, :2].tolist() == [[0, 0], [0, 1]]  # moved to the origin, a unit high


def test_a_kind_without_a_file_comes_from_the_builtin_pen(folder):
    library = InkLibrary.load(folder)
    assert len(library.signatures) == 2 and len(library.words) == 400
    assert library.number("12/3", np.random.default_rng(0)).text == "12/3"


def test_what_is_no_ink(tmp_path):
    with pytest.raises(DocmarksError, match="no such folder"):
        InkLibrary.load(tmp_path / "none")
    (tmp_path / "words_x.npz").write_bytes(b"nothing")
    with pytest.raises(DocmarksError, match=r"words_x\.npz: not an ink file"):
        InkLibrary.load(tmp_path)


def test_an_ink_file_that_is_cut_off(folder):
    file = folder / "signatures_x.npz"
    file.write_bytes(file.read_bytes()[:200])
    with pytest.raises(DocmarksError, match=r"signatures_x\.npz: not an ink file, or a damaged file"):
        InkFile(file)


@pytest.mark.parametrize("kind", ["signature", "initials", "word"])
def test_builtin_ink_is_a_unit_high_and_wide_enough(kind):
    rng = np.random.default_rng(1)
    for _ in range(30):
        ink = getattr(InkLibrary.builtin(), kind)(rng) if kind != "word" else InkLibrary.builtin().word(rng)
        top = min(float(s[:, 1].min()) for s in ink.strokes)
        bottom = max(float(s[:, 1].max()) for s in ink.strokes)
        assert top == pytest.approx(0, abs=1e-5) and bottom <= 1.001 and 0 < ink.width <= 20.001


def test_ink_is_written_at_the_size_asked_for():
    ink = InkLibrary.builtin().signatures[3]
    mask = Pen(2.0, 1.0, 0.0).write(ink, 60)
    assert mask.shape[0] == pytest.approx(60 + 2, abs=4) and mask.shape[1] == pytest.approx(60 * ink.width + 2, abs=4)
    assert mask.max() == 255 and mask[0].any() and mask[:, -1].any()  # cropped to what is visible


def test_laying_ink_down_darkens_and_tells_the_visible_box():
    page = np.full((50, 60), 200, np.uint8)
    mask = np.zeros((10, 12), np.uint8)
    mask[2:8, 3:9] = 255
    assert lay(page, mask, 20, 30) == (23, 32, 29, 38)
    assert (page[32:38, 23:29] == 0).all() and page.sum() == 200 * (50 * 60 - 36)
    assert lay(page, mask, -6, 45) == (0, 47, 3, 50)  # over the edge
    assert lay(page, mask, 100, 100) is None and lay(page, np.zeros((4, 4), np.uint8), 0, 0) is None


def test_ink_never_lightens():
    page = np.full((20, 20), 5, np.uint8)
    lay(page, np.full((10, 10), 255, np.uint8), 0, 0, shade=100)
    assert (page == 5).all()


def test_nobody_signs_with_a_number(folder, monkeypatch):
    library = InkLibrary.load(folder)
    numbers = [Ink(library.words[0].strokes, "550"), Ink(library.words[1].strokes, "Verma")]
    library.words = numbers
    taken = []
    monkeypatch.setattr(Ink, "bent", lambda self, *_: taken.append(self.text) or self)
    for seed in range(12):
        library._composed(np.random.default_rng(seed))
    assert taken.count("Verma") > 8


@pytest.mark.parametrize("width", [None, 200.0])
def test_only_a_place_to_sign_gets_paraphs(monkeypatch, width):
    drawn = []
    monkeypatch.setattr(handwritten, "paraph", lambda *_: drawn.append(1) or np.ones((3, 3), np.uint8))
    for seed in range(80):
        handwritten.signature(InkLibrary.builtin(), np.random.default_rng(seed), width)
    assert (2 <= len(drawn) <= 20) if width else not drawn
