"""Two processes over gloo against one with the joined batch."""

import os
import socket

import pytest
import torch
import torch.multiprocessing as mp

from docmarks.data.coco_file import read
from docmarks.model.config import BackboneConfig
from docmarks.model.detector import FasterRCNN
from docmarks.train.device import Device
from docmarks.train.distributed import ALONE, joined
from docmarks.train.feed import batches
from docmarks.train.trainer import Trainer
from docmarks.train.validate import Validator
from squares import small_run, square_pages
from tiny import tiny_config, tiny_model
from torch_squares import Squares

STEPS = 3
CPU = Device(torch.device("cpu"))


def setting(**changes):
    # Frozen statistics: batch statistics of two halves are not those of the whole.
    model = tiny_config(backbone=BackboneConfig(stem_width=8, res2_width=8, norm="frozen"), **changes)
    return small_run(model=model, batch=4, steps=STEPS, learning_rate=1e-3)


def steps(config, processes):
    torch.manual_seed(7)
    trainer = Trainer(config, FasterRCNN(config.model).train(), CPU, processes)
    stream = batches(config, Squares(), 0, processes.rank, processes.count)
    numbers = [trainer.train_step([next(stream) for _ in range(config.accumulate)]) for _ in range(config.steps)]
    return numbers, trainer.model.state_dict()


def measured(folder, processes):
    """The validation losses of an untrained network, whose pages the processes share."""
    validator = Validator(small_run(), [read(folder)], CPU, processes)
    validator.load(tiny_model(3).state_dict())
    return validator.losses()


def work(rank, configs, port, out):
    os.environ |= {
        "RANK": str(rank),
        "LOCAL_RANK": str(rank),
        "WORLD_SIZE": "2",
        "MASTER_ADDR": "127.0.0.1",
        "MASTER_PORT": str(port),
    }
    torch.set_num_threads(1)
    with joined() as processes:
        for head, config in configs.items():
            torch.save(steps(config, processes), out / f"{head}-{rank}.pt")
        torch.save(measured(out / "data", processes), out / f"measured-{rank}.pt")
        assert processes.gather(rank) == [0, 1] and processes.share(f"from {rank}") == "from 0"
        assert processes.any(rank == 1, torch.device("cpu")) and not processes.any(False, torch.device("cpu"))


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@pytest.mark.slow
def test_two_processes_are_one_with_the_joined_batch(tmp_path):
    configs = {"sigmoid": setting(), "softmax": setting(head="softmax")}
    square_pages(tmp_path / "data", 12)
    mp.spawn(work, (configs, free_port(), tmp_path), nprocs=2)
    for head, config in configs.items():
        one, weights = steps(config, ALONE)
        first, second = (torch.load(tmp_path / f"{head}-{rank}.pt", weights_only=True) for rank in (0, 1))
        assert first[0] == second[0]  # every process has heard the same figures
        for ours, theirs in zip(one, first[0], strict=True):
            for name, value in ours.items():
                assert theirs[name] == pytest.approx(value, rel=2e-4, abs=1e-6)
        for name, value in weights.items():
            torch.testing.assert_close(first[1][name], second[1][name], rtol=0, atol=0)
            torch.testing.assert_close(first[1][name], value, rtol=1e-3, atol=2e-5)
    alone = measured(tmp_path / "data", ALONE)
    assert all(torch.load(tmp_path / f"measured-{rank}.pt", weights_only=True) == alone for rank in (0, 1))


def test_a_step_in_parts_is_nearly_the_step_at_once():
    # Not exactly: a part divides by its own number of regions, and pages may give fewer than are asked for.
    (at_once, _), (in_parts, _) = steps(setting(), ALONE), steps(setting().model_copy(update={"accumulate": 2}), ALONE)
    for name in ("rpn_objectness", "rpn_box"):
        assert in_parts[0][name] == pytest.approx(at_once[0][name], rel=1e-4)
    assert in_parts[0]["loss"] == pytest.approx(at_once[0]["loss"], rel=0.05)
