import json

import numpy as np
import pytest
import torch

from docmarks.errors import DocmarksError
from docmarks.model.detector import FasterRCNN
from docmarks.model.targets import Targets
from docmarks.train import checkpoint
from docmarks.train.checkpoint import read_checkpoint
from docmarks.train.config import TrainConfig, read_config
from docmarks.train.feed import Sample, batches
from docmarks.train.folder_lock import locked
from docmarks.train.loop import train
from docmarks.train.start import Start
from docmarks.train.trainer import Trainer
from docmarks.train.watch import Unwatched
from tiny import LABELS, tiny_config, tiny_model


class Squares(torch.utils.data.Dataset):
    """Black squares on white: enough for the loop, and a function of the index alone."""

    def __getitem__(self, index):
        rng = np.random.default_rng(index)
        page = torch.full((1, 96, 96), 255, dtype=torch.uint8)
        x, y = rng.integers(5, 60, 2).tolist()
        page[0, y : y + 24, x : x + 24] = 0
        box = torch.tensor([[x, y, x + 24, y + 24]], dtype=torch.float32)
        targets = Targets(box, torch.tensor([[1.0, 0.0]]), torch.zeros(0, 4), torch.ones(2, dtype=torch.bool))
        return Sample(page, targets, f"square {index}")


def config(**changes):
    base = {"model": tiny_config(), "steps": 6, "batch": 2, "workers": 0, "checkpoint_every": 3, "warmup": 2}
    return TrainConfig(**(base | changes))


def test_a_run_writes_its_folder(tmp_path):
    train(config(), Squares(), tmp_path)
    lines = [json.loads(line) for line in (tmp_path / "metrics.jsonl").read_text().splitlines()]
    assert [line["step"] for line in lines] == [1, 2, 3, 4, 5, 6]
    four = ("rpn_objectness", "rpn_box", "roi_labels", "roi_box")
    assert all(line["loss"] == pytest.approx(sum(line[name] for name in four), rel=1e-5) for line in lines)
    assert read_config(tmp_path / "config.yaml") == config()
    assert read_checkpoint(tmp_path / "last.safetensors").info["step"] == 6


def test_an_interrupted_run_goes_on_bit_for_bit(tmp_path):
    train(config(), Squares(), tmp_path / "whole")

    class Stops(Squares):
        def __getitem__(self, index):
            if index >= 8:  # in the fifth step; the checkpoint is of the third
                raise KeyboardInterrupt
            return super().__getitem__(index)

    with pytest.raises(KeyboardInterrupt):
        train(config(), Stops(), tmp_path / "parts")
    assert read_checkpoint(tmp_path / "parts" / "last.safetensors").info["step"] == 3
    train(config(), Squares(), tmp_path / "parts")
    whole, parts = (read_checkpoint(tmp_path / name / "last.safetensors") for name in ("whole", "parts"))
    assert whole.tensors.keys() == parts.tensors.keys()
    assert all(torch.equal(whole.tensors[name], parts.tensors[name]) for name in whole.tensors)


def test_starts_from_given_weights(tmp_path):
    train(config(steps=1), Squares(), tmp_path / "first")
    start = read_checkpoint(tmp_path / "first" / "last.safetensors")
    trained = train(config(steps=1, learning_rate=1e-12, ema=0.0), Squares(), tmp_path / "second", Start.of(start))
    after = read_checkpoint(trained).part("model")
    name = "roi_heads.box_head.fc1.weight"
    torch.testing.assert_close(after[name], start.weights()[name], atol=1e-6, rtol=0)


def test_a_loss_that_is_not_finite_stops_with_the_cause():
    model = tiny_model()
    model.rpn_head.objectness.bias.data.fill_(float("nan"))
    trainer = Trainer(config(), model.train())
    batch = next(batches(config(batch=1), Squares(), 0))
    with pytest.raises(DocmarksError, match=r"not finite at step 0 .*rpn_objectness nan"):
        trainer.train_step([batch])


def test_the_loss_falls(tmp_path):
    train(config(steps=40, batch=4, learning_rate=3e-3, warmup=5), Squares(), tmp_path)
    lines = [json.loads(line) for line in (tmp_path / "metrics.jsonl").read_text().splitlines()]
    losses = [line["rpn_objectness"] for line in lines]  # the box losses grow as more regions match
    assert np.mean(losses[-5:]) < 0.6 * np.mean(losses[:5])


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("model: {labels: [A]}\nstep: 3\n", "unknown key step; did you mean steps"),
        ("model: {labels: [A], fpn_with: 3}\n", "unknown key model.fpn_with; did you mean fpn_width"),
        ("model: {labels: [A]}\nsteps: none\n", "steps: Input should be a valid integer"),
        ("model: {labels: [A]\n", "not readable as YAML"),
    ],
)
def test_a_wrong_configuration_is_one_line(tmp_path, text, message):
    (tmp_path / "c.yaml").write_text(text)
    with pytest.raises(DocmarksError, match=message):
        read_config(tmp_path / "c.yaml")


def test_labels_are_those_of_the_tiny_model():
    assert tiny_config().labels == LABELS


def test_frozen_stages_stay_as_they_are(tmp_path):
    last = train(config(steps=2, freeze=2, learning_rate=1e-2), Squares(), tmp_path)
    torch.manual_seed(config().seed)
    fresh, after = FasterRCNN(tiny_config()).state_dict(), read_checkpoint(last).part("model")
    learnt = [name for name in fresh if name.startswith("backbone.") and not name.endswith(("weight", "bias"))]
    learnt += [name for name, value in fresh.items() if name.startswith("backbone.") and value.ndim == 4]
    same = {name for name in learnt if torch.equal(fresh[name], after[name])}
    assert same == {name for name in learnt if name.startswith(("backbone.stem", "backbone.res2"))}  # statistics, too
    assert any("running_var" in name for name in same)


def test_statistics_that_are_kept_stay_and_all_else_learns(tmp_path):
    last = train(config(steps=2, keep_statistics=True, learning_rate=1e-2), Squares(), tmp_path)
    torch.manual_seed(config().seed)
    fresh, after = FasterRCNN(tiny_config()).state_dict(), read_checkpoint(last).part("model")
    same = {name for name in fresh if torch.equal(fresh[name], after[name])}
    statistics = {name for name in fresh if name.endswith(("running_mean", "running_var", "num_batches_tracked"))}
    assert statistics and statistics <= same
    assert not {name for name in same - statistics if name.startswith("backbone.")}


@pytest.mark.parametrize("workers", [0, 1])
def test_a_page_that_cannot_be_read_is_one_line(tmp_path, workers):
    class Broken(Squares):
        def __getitem__(self, index):
            raise DocmarksError("scan.png: broken or cut off image; scan it again")

    with pytest.raises(DocmarksError, match=r"^scan\.png: broken or cut off image; scan it again$"):
        train(config(workers=workers), Broken(), tmp_path)


def test_progress_is_told(tmp_path):
    class Told(Unwatched, list):
        def __call__(self, step, loss):
            self.append((step, loss > 0))

    told = Told()
    train(config(steps=3), Squares(), tmp_path, watch=told)
    assert told == [(1, True), (2, True), (3, True)]


def test_the_page_that_spoils_a_step_is_named_and_the_checkpoint_kept(tmp_path):
    class Poisoned(Squares):
        def __getitem__(self, index):
            image, targets, source = super().__getitem__(index)
            return Sample(image.float() * (float("nan") if index == 9 else 1.0), targets, source)

    with pytest.raises(DocmarksError, match=r"the loss is not finite at step 4 .*; look at square 9$"):
        train(config(), Poisoned(), tmp_path)
    assert read_checkpoint(tmp_path / "last.safetensors").info["step"] == 3
    train(config(), Squares(), tmp_path)  # the page mended, the run goes on
    assert read_checkpoint(tmp_path / "last.safetensors").info["step"] == 6


def test_a_full_disk_stops_with_the_cause_and_the_last_checkpoint(tmp_path, monkeypatch):
    save, calls = checkpoint.save_file, []

    def fills_up(tensors, target, metadata):
        calls.append(target)
        if len(calls) == 3:  # the checkpoints of steps 0 and 3 are written
            target.write_bytes(b"half")
            raise OSError(28, "No space left on device")
        save(tensors, target, metadata)

    monkeypatch.setattr(checkpoint, "save_file", fills_up)
    with pytest.raises(DocmarksError, match=r"last\.safetensors: cannot be written .*No space left"):
        train(config(), Squares(), tmp_path)
    assert read_checkpoint(tmp_path / "last.safetensors").info["step"] == 3
    assert not list(tmp_path.glob("*.part"))


@pytest.mark.parametrize("precision", ["bf16", "fp16", "auto"])
def test_every_precision_learns(tmp_path, precision):
    last = train(config(steps=2, precision=precision), Squares(), tmp_path)
    state = read_checkpoint(last)
    assert all(torch.isfinite(t).all() for t in state.part("model").values()) and state.info["step"] == 2
    assert bool(state.info["scaler"]) == (precision == "fp16")


def test_a_device_that_is_not_there_is_one_line(tmp_path):
    if torch.cuda.is_available():
        pytest.skip("there is one")
    with pytest.raises(DocmarksError, match="torch sees no GPU here"):
        train(config(device="cuda"), Squares(), tmp_path)


def test_a_flipped_bit_in_a_checkpoint_is_noticed(tmp_path):
    last = train(config(steps=1), Squares(), tmp_path)
    damaged = bytearray(last.read_bytes())
    damaged[-1000] ^= 1
    last.write_bytes(bytes(damaged))
    with pytest.raises(DocmarksError, match=r"last\.safetensors: the checkpoint is damaged"):
        train(config(steps=2), Squares(), tmp_path)


def test_two_do_not_train_in_one_folder(tmp_path):
    with locked(tmp_path), pytest.raises(DocmarksError, match="another process is training here"):
        train(config(steps=2), Squares(), tmp_path)
    assert train(config(steps=2), Squares(), tmp_path).exists()
