import numpy as np
import pytest
import torch
from PIL import Image

from docmarks.cli.main import main
from docmarks.errors import DocmarksError
from docmarks.train.checkpoint import write_tensors
from docmarks.zoo.port_check import compare, save, stages_of
from tiny import square_finder, square_page, tiny_config


@pytest.fixture
def files(tmp_path):
    """A model, another whose third residual stage is off, and a page."""
    state = square_finder().state_dict()
    write_tensors(tmp_path / "a.safetensors", {f"model.{n}": t for n, t in state.items()}, tiny_config(), {})
    state = {n: t.clone() for n, t in state.items()}
    state["backbone.res4.0.conv1.1.bias"] += 0.1
    write_tensors(tmp_path / "b.safetensors", {f"model.{n}": t for n, t in state.items()}, tiny_config(), {})
    Image.fromarray(square_page(20, 30)[0].numpy().astype(np.uint8)).save(tmp_path / "page.png")
    return tmp_path


def run(*arguments):
    with pytest.raises(SystemExit) as stop:
        main(["port-check", *map(str, arguments)])
    return stop.value.code


def test_a_model_agrees_with_itself_and_with_what_it_stored(files, capsys):
    stored = files / "golden.npz"
    assert run(files / "a.safetensors", "--image", files / "page.png", "--save", stored) == 0
    assert run(files / "a.safetensors", stored, "--image", files / "page.png") == 0
    assert "the two agree" in capsys.readouterr().out


def test_the_first_stage_that_parts_is_named_with_its_number(files, capsys):
    assert run(files / "a.safetensors", files / "b.safetensors", "--image", files / "page.png") == 1
    told = capsys.readouterr().out
    assert "they part at res4: " in told


def test_another_page_parts_at_the_pixels(files):
    Image.fromarray(np.zeros((96, 96), np.uint8)).save(files / "black.png")
    ours, theirs = (stages_of(files / "a.safetensors", files / name) for name in ("page.png", "black.png"))
    parted = [stage.name for stage in compare(ours, theirs) if stage.parted]
    assert parted[:2] == ["pixels", "input"]


def test_rows_that_swap_are_the_same_proposals(files):
    ours = stages_of(files / "a.safetensors", files / "page.png")
    theirs = dict(ours) | {"proposals": ours["proposals"][::-1]}
    assert not any(stage.parted for stage in compare(ours, theirs))
    theirs["proposals"] = ours["proposals"][1:]
    (stage,) = [stage for stage in compare(ours, theirs) if stage.parted]
    assert stage.name == "proposals"


def test_stages_are_stored_whole(files):
    found = stages_of(files / "a.safetensors", files / "page.png")
    save(found, files / "s.npz")
    again = stages_of(files / "s.npz", None)
    assert again.keys() == found.keys() and all(np.array_equal(found[name], again[name]) for name in found)
    assert torch.from_numpy(found["p6"]).shape[2:] == (2, 2)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["a.safetensors"], "needs a second model"),
        (["a.safetensors", "a.safetensors"], "add --image"),
        (["x.npz", "x.npz"], "x.npz"),
    ],
)
def test_mistakes(files, capsys, arguments, message):
    assert run(*(files / name for name in arguments)) == 2
    assert message in capsys.readouterr().err


def test_stages_that_are_cut_off(tmp_path):
    save({"pixels": np.zeros((9, 9), np.float32)}, tmp_path / "s.npz")
    whole = (tmp_path / "s.npz").read_bytes()
    for left in (0, len(whole) // 2):
        (tmp_path / "s.npz").write_bytes(whole[:left])
        with pytest.raises(DocmarksError, match=r"s\.npz: not a file of stored stages, or a damaged file"):
            stages_of(tmp_path / "s.npz", None)
