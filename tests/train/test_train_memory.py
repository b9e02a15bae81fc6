import pytest

from docmarks.errors import DocmarksError
from docmarks.synth.ink.library import InkLibrary
from docmarks.train.config import TrainConfig
from docmarks.train.memory import Need, need, parse_memory, smaller, within
from docmarks.train.prepare import prepare
from sample_data import pages, write_set
from tiny import tiny_config

PLAIN = {"decorate": 0.0, "forms": 0.0, "pages": 0.0}
V1 = ("Handwriting", "Redaction", "Signature", "Filled Checkbox", "Unfilled Checkbox")


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    return write_set(tmp_path_factory.mktemp("data"), pages())


def config(**changes):
    base = {"model": tiny_config(label_set="v1", labels=V1), "steps": 4, "batch": 4, "workers": 0, "ink": PLAIN}
    return TrainConfig(**(base | {"crops": {"width": 256, "height": 256, "page_long_side": [300, 400]}} | changes))


def with_norm(norm):
    model = tiny_config(label_set="v1", labels=V1)
    return model.model_copy(update={"backbone": model.backbone.model_copy(update={"norm": norm})})


@pytest.mark.parametrize(
    ("text", "expected"),
    [("8GiB", 8 * 2**30), ("8", 8 * 2**30), ("1.5 GB", 1.5e9), ("900MiB", 900 * 2**20), ("900 mb", 9e8)],
)
def test_sizes_of_memory(text, expected):
    assert parse_memory(text) == expected


@pytest.mark.parametrize("text", ["", "much", "8 apples", "-1GiB", "0"])
def test_what_is_no_size_is_told(text):
    with pytest.raises(DocmarksError, match=r"--max-memory .*write a size such as 8GiB"):
        parse_memory(text)


def test_the_need_grows_with_the_image_and_falls_with_checkpointing(data):
    def image(plan):
        return need(plan, prepare(plan, [data], None, InkLibrary.builtin())).image

    plain, half = image(config()), image(smaller(config(), 0.5))
    assert 3 < plain / half < 5  # a quarter of the pixels, and a little that does not depend on them
    less = config(model=tiny_config(label_set="v1", labels=V1, checkpointing=True))
    assert image(less) < 0.6 * plain
    assert Need(10, 3).of(4) == 22


def test_a_run_is_made_to_fit(data, monkeypatch):
    monkeypatch.setattr("docmarks.train.memory.resident", lambda: 0.0)  # of a process that other tests share

    def make(plan):
        return prepare(plan, [data], None, InkLibrary.builtin())

    plan = config(model=with_norm("frozen"))
    found = need(plan, make(plan))
    same, samples, _ = within(1.05 * found.of(4), plan, make)
    assert same == plan and samples.config == plan
    for limit, accumulate in ((2.2, 2), (1.2, 4)):
        parts, samples, told = within(found.base + limit * found.image, plan, make)
        assert parts == plan.model_copy(update={"accumulate": accumulate}) == samples.config
        assert f"accumulate {accumulate}" in told and "checkpointing" not in told
    lean = config(model=plan.model.model_copy(update={"checkpointing": True}))
    lean_image = need(lean, make(lean)).image
    kept, _, told = within(found.base + 1.2 * lean_image, plan, make)
    assert kept.model.checkpointing and kept.accumulate == 4 and kept.crops == plan.crops and "checkpointing" in told
    shrunk, _, told = within(found.base + 0.6 * lean_image, plan, make)
    assert shrunk.crops.width < 256 and shrunk.model.checkpointing and "times the size" in told
    with pytest.raises(DocmarksError, match="one image at a time, at half the size, takes about"):
        within(1000, plan, make)


def test_smaller_images_keep_their_shape():
    crops = smaller(config(), 0.7).crops
    assert (crops.width, crops.height) == (192, 192)
    resize = smaller(config(view="pages"), 0.5).resize
    assert resize.long_side == 666 and resize.short_sides == (320, 336, 352, 368, 384, 400)
    assert smaller(config(), 1.0) == config()


def test_layers_that_learn_statistics_see_a_step_whole_as_long_as_checkpointing_will_do(data, monkeypatch):
    monkeypatch.setattr("docmarks.train.memory.resident", lambda: 0.0)

    def make(plan):
        return prepare(plan, [data], None, InkLibrary.builtin())

    plan = config(model=with_norm("batch"))
    found = need(plan, make(plan))
    whole, _, _ = within(1.05 * found.of(4), plan, make)
    assert whole == plan
    kept, _, _ = within(found.base + 2.5 * found.image, plan.model_copy(update={"keep_statistics": True}), make)
    assert kept.accumulate == 2 and not kept.model.checkpointing
    less, _, told = within(found.base + 2.5 * found.image, plan, make)
    assert less.model.checkpointing and less.accumulate == 1 and "accumulate 1, checkpointing" in told
