"""A real process is killed at random moments; the resumed run must end as if nothing had happened."""

import json
import os
import random
import signal
import subprocess
import sys
import time

import pytest
import torch
import yaml

from docmarks.experiments.run import Request, resume, run
from docmarks.train.checkpoint import read_checkpoint
from squares import RULES, small_run, square_pages

STEPS = 24


def train(*arguments):
    command = [sys.executable, "-m", "docmarks", "train", *map(str, arguments)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, env=dict(os.environ))


def lines(file):
    return file.read_text().splitlines() if file.exists() else []


@pytest.mark.slow
def test_a_killed_run_goes_on_bit_for_bit(tmp_path, monkeypatch):
    # What comes after the last checkpoint is tested elsewhere, and takes time.
    monkeypatch.setattr("docmarks.experiments.run.finish", lambda *arguments: None)
    square_pages(tmp_path / "data")
    validation = {"loss_every": 4, "ap_every": 8, "pages": 2, "pictures": 0, "monitor": "val_loss"}
    settings = small_run(checkpoint_every=3, workers=1).model_dump(mode="json") | {"validation": validation}
    settings["model"]["label_set"] = yaml.safe_load(RULES)
    (tmp_path / "config.yaml").write_text(yaml.safe_dump(settings))
    whole, killed = tmp_path / "whole", tmp_path / "killed"
    changes = {"steps": STEPS, "seed": 3}
    run(Request((tmp_path / "data",), tmp_path / "config.yaml", whole, changes=changes))
    command = ("--config", tmp_path / "config.yaml", "--max-steps", STEPS, "--seed", 3, "-o", killed)
    process = train(tmp_path / "data", *command)
    chance = random.Random(time.time())
    for kills in (1, 2):
        aim = len(lines(killed / "metrics.jsonl")) + chance.randint(1, 5)
        while len(lines(killed / "metrics.jsonl")) < aim and process.poll() is None:
            time.sleep(0.01)
        time.sleep(chance.uniform(0, 0.2))
        assert process.poll() is None, process.communicate()[0]
        process.send_signal(signal.SIGKILL)
        process.communicate()
        if kills == 1:
            process = train("--resume", killed)
    resume(killed, {}, False, None, None)
    for name in ("last.safetensors", "best.safetensors"):
        one, two = read_checkpoint(whole / name), read_checkpoint(killed / name)
        assert one.info == two.info and one.tensors.keys() == two.tensors.keys()
        assert all(torch.equal(one.tensors[key], two.tensors[key]) for key in one.tensors)
    steps = [json.loads(line)["step"] for line in lines(killed / "metrics.jsonl")]
    assert steps == list(range(1, STEPS + 1))
    assert lines(killed / "validation.jsonl") == lines(whole / "validation.jsonl")
