import json
import sys
import time

import numpy as np
import pytest

from docmarks.errors import DocmarksError
from docmarks.train.config import write_config
from docmarks.train.run_folder import RunFolder
from docmarks.train.writers.open import opened
from squares import small_run


@pytest.fixture
def folder(tmp_path):
    write_config(small_run(), tmp_path / "config.yaml")
    return RunFolder(tmp_path)


def tell(folder, names, steps, start=0):
    with opened(folder, names, start) as writers:
        for writer in writers:
            for step in steps:
                writer.scalars(step, {"loss": 1.0 / step, "lr": 0.1})
            writer.validation(steps[-1], {"val_loss": 0.5, "AP50": 0.25})
            writer.picture(steps[-1], "1-page", np.full((8, 6, 3), 90, np.uint8))


def test_the_folder_has_its_own_record(folder):
    tell(folder, [], [1, 2])
    assert [line["loss"] for line in folder.lines(folder.metrics)] == [1.0, 0.5]
    assert folder.lines(folder.validation) == [{"step": 2, "val_loss": 0.5, "AP50": 0.25}]
    assert [path.name for path in folder.pictures.iterdir()] == ["1-page.png"]


def test_what_is_not_a_number_is_null(folder):
    with opened(folder, [], 0) as (own,):
        own.scalars(1, {"loss": float("nan")})
    assert json.loads(folder.metrics.read_text(), parse_constant=pytest.fail)["loss"] is None


def test_tensorboard_reads_what_was_written(folder):
    pytest.importorskip("tensorboard")
    from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

    tell(folder, ["tensorboard"], [1, 2, 3])
    tell(folder, ["tensorboard"], [3, 4], start=2)  # the process had died after step 3, the checkpoint was of step 2
    events = EventAccumulator(str(folder.path / "tensorboard"))
    events.Reload()
    assert [(event.step, round(event.value, 3)) for event in events.Scalars("train/loss")] == [
        (1, 1.0),
        (2, 0.5),
        (3, 0.333),
        (4, 0.25),
    ]
    assert [event.value for event in events.Scalars("validation/AP50")] == [0.25]
    assert (events.Images("pages/1-page")[0].width, events.Images("pages/1-page")[0].height) == (6, 8)


@pytest.mark.slow
def test_mlflow_reads_what_was_written(folder, monkeypatch):
    mlflow = pytest.importorskip("mlflow")
    monkeypatch.setenv("MLFLOW_ALLOW_FILE_STORE", "true")
    monkeypatch.setattr("mlflow.tracking._tracking_service.utils._tracking_uri", None)
    mlflow.set_tracking_uri((folder.path / "store").as_uri())
    tell(folder, ["mlflow"], [1, 2])
    tell(folder, ["mlflow"], [3], start=2)
    client = mlflow.MlflowClient()
    (run,) = client.search_runs([client.get_experiment_by_name("docmarks").experiment_id])
    history = client.get_metric_history(run.info.run_id, "train/loss")
    assert [(metric.step, round(metric.value, 3)) for metric in history] == [(1, 1.0), (2, 0.5), (3, 0.333)]
    assert run.data.params["batch"] == "2" and run.info.status == "FINISHED"


@pytest.mark.slow
def test_weights_and_biases_keeps_an_offline_run(folder, monkeypatch):
    pytest.importorskip("wandb")
    monkeypatch.setenv("WANDB_MODE", "offline")
    tell(folder, ["wandb"], [1, 2])
    (run,) = (folder.path / "wandb").glob("offline-run-*")
    name = (folder.path / "wandb.txt").read_text().strip()
    file = run / f"run-{name}.wandb"
    for _ in range(300):  # a process of its own writes it
        if file.stat().st_size > 500:
            break
        time.sleep(0.1)
    assert run.name.endswith(name) and file.stat().st_size > 500


def test_a_library_that_is_not_there_is_one_line(folder, monkeypatch):
    monkeypatch.setitem(sys.modules, "docmarks.train.writers.wandb", None)
    with pytest.raises(DocmarksError, match=r"--log wandb: not installed; pip install 'docmarks\[wandb\]'"):
        tell(folder, ["wandb"], [1])


def test_a_service_that_goes_away_does_not_end_the_run(folder, monkeypatch):
    pytest.importorskip("tensorboard")

    def gone(*arguments):
        raise ConnectionError("the server has gone")

    monkeypatch.setattr("docmarks.train.writers.tensorboard.TensorBoardWriter.scalars", gone)
    with pytest.warns(UserWarning, match="--log tensorboard: the server has gone; it gets nothing more"):
        tell(folder, ["tensorboard"], [1, 2])
    assert len(folder.lines(folder.metrics)) == 2
