import json

import pytest
import torch
from safetensors import safe_open
from safetensors.torch import save_file

from docmarks.errors import DocmarksError
from docmarks.train.checkpoint import (
    build_model,
    find_checkpoint,
    read_checkpoint,
    save_checkpoint,
    write_tensors,
)
from docmarks.train.ema import Average
from tiny import tiny_config, tiny_model


def test_everything_comes_back(tmp_path):
    model = tiny_model()
    optimizer = torch.optim.AdamW(model.parameters(), 1e-3)
    sum(p.sum() for p in model.parameters()).backward()
    optimizer.step()
    average = Average(model, 0.9)
    save_checkpoint(tmp_path / "c.safetensors", model, average, optimizer, {"step": 5, "note": "x"})
    back = read_checkpoint(tmp_path / "c.safetensors")
    assert back.info == {"step": 5, "note": "x"} and back.model == tiny_config()
    state = model.state_dict()
    assert back.part("model").keys() == state.keys()
    assert all(torch.equal(back.part("model")[name], value) for name, value in state.items())
    assert len([name for name in back.part("optimizer") if name.endswith("exp_avg")]) == len(list(model.parameters()))


def test_the_average_is_what_a_checkpoint_is_used_for(tmp_path):
    write_tensors(tmp_path / "c", {"model.a": torch.zeros(1), "average.a": torch.ones(1)}, tiny_config(), {})
    assert read_checkpoint(tmp_path / "c").weights()["a"].item() == 1
    write_tensors(tmp_path / "d", {"model.a": torch.zeros(1)}, tiny_config(), {})
    assert read_checkpoint(tmp_path / "d").weights()["a"].item() == 0


def test_a_damaged_file_is_named(tmp_path):
    path = tmp_path / "c.safetensors"
    write_tensors(path, {"model.a": torch.zeros(100)}, tiny_config(), {})
    path.write_bytes(path.read_bytes()[:-50])
    with pytest.raises(DocmarksError, match="not a readable checkpoint"):
        read_checkpoint(path)
    with pytest.raises(DocmarksError, match="no such checkpoint"):
        read_checkpoint(tmp_path / "none")


def test_another_safetensors_file_is_no_checkpoint(tmp_path):
    save_file({"a": torch.zeros(1)}, tmp_path / "other.safetensors", {"model": json.dumps({})})
    with pytest.raises(DocmarksError, match="no docmarks checkpoint"):
        read_checkpoint(tmp_path / "other.safetensors")


@pytest.mark.parametrize("change", [{"model": '{"depth": 9}'}, {"model": "{"}, {"model": None}, {"info": None}])
def test_a_checkpoint_of_another_version_is_one_line(tmp_path, change):
    path = tmp_path / "c.safetensors"
    write_tensors(path, {"model.a": torch.zeros(1)}, tiny_config(), {})
    with safe_open(path, "pt") as file:
        metadata = {key: value for key, value in (file.metadata() | change).items() if value is not None}
    save_file({"model.a": torch.zeros(1)}, path, metadata)
    with pytest.raises(DocmarksError, match="made by another version of docmarks"):
        read_checkpoint(path)


def test_a_failed_write_keeps_the_old_file(tmp_path, monkeypatch):
    path = tmp_path / "c.safetensors"
    write_tensors(path, {"model.a": torch.zeros(1)}, tiny_config(), {"step": 1})

    def full(tensors, target, metadata):
        target.write_bytes(b"half")
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("docmarks.train.checkpoint.save_file", full)
    with pytest.raises(DocmarksError, match=r"c\.safetensors: cannot be written .*space"):
        write_tensors(path, {"model.a": torch.ones(1)}, tiny_config(), {"step": 2})
    assert read_checkpoint(path).info == {"step": 1} and [p.name for p in tmp_path.iterdir()] == ["c.safetensors"]


def test_the_average_forgets_its_start_quickly_and_then_slowly():
    layer = torch.nn.Linear(1, 1, bias=False)
    layer.weight.data.fill_(0.0)
    average = Average(layer, 0.99)
    layer.weight.data.fill_(1.0)
    average.update(layer, 1)
    assert average.state["weight"].item() == pytest.approx(1 - 2 / 11)
    average.update(layer, 100_000)
    assert average.state["weight"].item() == pytest.approx(1 - 2 / 11 * 0.99)


def test_a_folder_stands_for_its_checkpoint(tmp_path):
    with pytest.raises(DocmarksError, match="no checkpoint in this folder"):
        find_checkpoint(tmp_path)
    for name in ("model.safetensors", "last.safetensors", "best.safetensors"):
        (tmp_path / name).touch()
        assert find_checkpoint(tmp_path) == tmp_path / name
    assert find_checkpoint(tmp_path / "last.safetensors") == tmp_path / "last.safetensors"
    with pytest.raises(DocmarksError, match=r"any\.safetensors: no such checkpoint; name a checkpoint, a run folder"):
        find_checkpoint(tmp_path / "any.safetensors")


def test_a_network_is_built_again_in_single_precision(tmp_path):
    state = tiny_model().state_dict()
    half = {f"model.{name}": t.half() if t.is_floating_point() else t for name, t in state.items()}
    write_tensors(tmp_path / "half", half, tiny_config(), {})
    model = build_model(read_checkpoint(tmp_path / "half"))
    assert not model.training and model.rpn_head.conv.weight.dtype == torch.float32
    torch.testing.assert_close(model.rpn_head.conv.weight, state["rpn_head.conv.weight"], atol=1e-3, rtol=1e-3)
