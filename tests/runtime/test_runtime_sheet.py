import pytest

from docmarks.errors import DocmarksError
from docmarks.runtime.sheet import read_sheet, write_sheet
from docmarks.weights import DEFAULT_MODEL

TEXT = DEFAULT_MODEL.read_text(encoding="utf-8")
START = TEXT.rindex("<rt_info>")
HEAD, TAIL = TEXT[:START], TEXT[START:]


@pytest.fixture
def model(tmp_path):
    """Writes a text as a model's XML."""

    def write(text):
        (tmp_path / "m.xml").write_text(text, encoding="utf-8")
        return tmp_path / "m.xml"

    return write


def test_a_sheet_that_was_written_is_read(model):
    sheet = read_sheet(DEFAULT_MODEL)
    changed = sheet.model_copy(update={"name": 'a "name" <with> marks & more', "thresholds": (0.25,) * 9})
    path = model(TEXT)
    write_sheet(path, changed)
    assert read_sheet(path) == changed
    write_sheet(path, sheet)
    assert read_sheet(path) == sheet


def test_a_file_has_one_sheet(model):
    path = model(
        TEXT.replace("</rt_info></net>", '<framework><docmarks value="stale" /><more /></framework></rt_info></net>')
    )
    write_sheet(path, read_sheet(path))
    text = path.read_text(encoding="utf-8")
    assert text.count("<docmarks ") == 1 and "stale" not in text and "<more" in text


def test_where_in_the_file_it_stands_does_not_matter(model):
    """OpenVINO writes it last; another tool, or a newer OpenVINO, need not."""
    expected = read_sheet(DEFAULT_MODEL)
    info = TAIL.replace("</net>", "").strip()
    at = HEAD.index("<layers>")
    first = model(HEAD[:at] + info + HEAD[at:] + "</net>")
    assert read_sheet(first) == expected
    spaced = model(HEAD + TAIL.replace("</net>", "\n\n</net>\n<!-- made by hand -->\n"))
    assert read_sheet(spaced) == expected
    nested = model(HEAD + TAIL.replace("</rt_info>", "<more><rt_info></rt_info></more></rt_info>"))
    assert read_sheet(nested) == expected


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (HEAD + "</net>", "a model, but not one that docmarks exported"),
        (HEAD + "<rt_info><other /></rt_info></net>", "a model, but not one that docmarks exported"),
        (HEAD + TAIL[: len(TAIL) // 2], "not a model file, or a damaged one"),
        ("", "not a model file, or a damaged one"),
        (HEAD + '<rt_info><docmarks value="{}" /></rt_info></net>', "made by another version of docmarks"),
    ],
)
def test_what_is_wrong_with_a_file_is_one_line(model, text, message):
    with pytest.raises(DocmarksError, match=message):
        read_sheet(model(text))
