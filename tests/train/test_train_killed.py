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

from docmarks.train.checkpoint import read_checkpoint
from squares import RULES, small_run, square_pages

STEPS = 24


def train(*arguments):
    command = [sys.executable, "-m", "docmarks", "train", *map(str, arguments)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, env=dict(os.environ))


def ends_well(process):
    told, _ = process.communicate(timeout=300)
    assert process.returncode == 0, told


def lines(file):
    return file.read_text().splitlines() if file.exists() else []


@pytest.mark.slow
def test_a_killed_run_goes_on_bit_for_bit(tmp_path):
    square_pages(tmp_path / "data")
    (tmp_path / "rules.yaml").write_text(RULES)
    validation = {"loss_every": 4, "ap_every": 8, "pages": 2, "pictures": 0, "monitor": "val_loss"}
    settings = small_run(checkpoint_every=3, workers=1).model_dump(mode="json") | {"validation": validation}
    settings["model"]["label_set"] = yaml.safe_load(RULES)
    (tmp_path / "config.yaml").write_text(yaml.safe_dump(settings))
    begin = (tmp_path / "data", "--config", tmp_path / "config.yaml", "--max-steps", STEPS, "--seed", 3)
    whole = train(*begin, "-o", tmp_path / "whole")
    run = tmp_path / "killed"
    process = train(*begin, "-o", run)
    chance = random.Random(time.time())
    for _ in range(2):
        aim = len(lines(run / "metrics.jsonl")) + chance.randint(1, 6)
        while len(lines(run / "metrics.jsonl")) < aim and process.poll() is None:
            time.sleep(0.01)
        time.sleep(chance.uniform(0, 0.2))
        process.send_signal(signal.SIGKILL)
        process.communicate()
        process = train("--resume", run)
    ends_well(process)
    ends_well(whole)
    for name in ("last.safetensors", "best.safetensors"):
        one, two = read_checkpoint(tmp_path / "whole" / name), read_checkpoint(run / name)
        assert one.info == two.info and one.tensors.keys() == two.tensors.keys()
        assert all(torch.equal(one.tensors[key], two.tensors[key]) for key in one.tensors)
    steps = [json.loads(line)["step"] for line in lines(run / "metrics.jsonl")]
    assert steps == list(range(1, STEPS + 1))
    assert [json.loads(line) for line in lines(run / "validation.jsonl")] == [
        json.loads(line) for line in lines(tmp_path / "whole" / "validation.jsonl")
    ]
