"""The same marks from every runtime, and what is refused."""

import numpy as np
import pytest
import torch

from docmarks.errors import DocmarksError
from docmarks.export.onnx_file import export_onnx
from docmarks.runtime.detector import Detector
from docmarks.runtime.onnx_session import OnnxSession
from docmarks.runtime.session import Session
from docmarks.runtime.sheet import ModelSheet, read_sheet
from docmarks.weights import DEFAULT_MODEL
from tiny import square_finder

onnxruntime = pytest.importorskip("onnxruntime")


class Eager:
    """The network itself, in torch, where a detector has its runtime."""

    streams = 1

    def __init__(self, model):
        self.model = model

    @torch.no_grad()
    def __call__(self, image):
        boxes, scores = self.model(torch.from_numpy(image))
        return boxes.numpy(), scores.numpy()


@pytest.fixture(scope="module")
def path(tmp_path_factory):
    path = tmp_path_factory.mktemp("model") / "model.onnx"
    sheet = ModelSheet(name="squares", version="1", config=square_finder().config, thresholds=(0.5, 0.5))
    export_onnx(square_finder(), sheet, path)
    return path


@pytest.fixture(scope="module")
def networks(path):
    return [Session(path), OnnxSession(path, "cpu"), Eager(square_finder())]


def place(mark):
    return tuple(round(side) for side in mark.box)


@pytest.mark.parametrize("size", [0.75, 1, 1.25])
@pytest.mark.parametrize("shape", [(300, 200), (150, 400, 3), (90, 90)])
def test_the_same_marks_from_every_runtime(path, networks, shape, size):
    page = np.full(shape, 255, np.uint8)
    step = min(shape[:2]) // 4
    for left in (step // 2, 2 * step):
        page[step : 2 * step, left : left + step] = 0
    sheet = read_sheet(path)
    # Not down to the floor of 0.05, where a last digit decides.
    wanted, *others = [
        sorted(Detector(sheet, network, size=size)(page).marks((0.07, 0.07)), key=place) for network in networks
    ]
    assert wanted
    for found in others:
        assert [mark.labels for mark in wanted] == [mark.labels for mark in found]
        np.testing.assert_allclose([m.box for m in wanted], [m.box for m in found], atol=0.05)
        np.testing.assert_allclose([m.score for m in wanted], [m.score for m in found], atol=1e-3)


def test_several_threads_may_call_it(path):
    from docmarks.runtime.in_flight import in_flight

    session = OnnxSession(path, "cpu", threads=1, streams=3)
    images = [np.random.default_rng(seed).uniform(0, 255, (1, 1, 96, 64)).astype(np.float32) for seed in range(9)]
    for image, (boxes, scores) in zip(images, in_flight(session, images, session.streams), strict=True):
        again = session(image)
        np.testing.assert_allclose(boxes, again[0], atol=1e-3)
        np.testing.assert_allclose(scores, again[1], atol=1e-5)


def test_what_it_cannot_run_is_one_line(path, tmp_path):
    (tmp_path / "broken.onnx").write_bytes(b"not a model")
    for file, message in (
        (tmp_path / "missing.onnx", "no such model file"),
        (tmp_path / "broken.onnx", "not a model that ONNX Runtime can run"),
        (DEFAULT_MODEL, "is for processors alone"),
    ):
        with pytest.raises(DocmarksError, match=message) as error:
            OnnxSession(file, "cpu")
        assert str(file) in str(error.value) and "\n" not in str(error.value)


@pytest.mark.skipif("CUDAExecutionProvider" in onnxruntime.get_available_providers(), reason="has a GPU's runtime")
def test_without_a_gpu_it_does_not_go_on_on_the_processor(path):
    with pytest.raises(DocmarksError, match="sees no GPU here"):
        Detector.load(path, device="cuda")


def test_a_gpu_that_cannot_be_used_is_told(path, monkeypatch):
    real = onnxruntime.InferenceSession
    monkeypatch.setattr(onnxruntime, "get_available_providers", lambda: ["CUDAExecutionProvider"])
    # What ONNX Runtime does when a library of CUDA is missing: a warning, and the processor.
    monkeypatch.setattr(onnxruntime, "InferenceSession", lambda p, o, providers: real(p, o, providers[1:]))
    with pytest.raises(DocmarksError, match="the GPU cannot be used"):
        OnnxSession(path, "cuda")


def test_without_onnx_runtime_the_cure_is_told(path, monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "onnxruntime", None)
    with pytest.raises(DocmarksError, match=r"pip install 'docmarks\[cuda\]'"):
        OnnxSession(path)


def test_a_page_that_the_device_cannot_do_names_its_size(path):
    with pytest.raises(DocmarksError, match="fails on a page of 64 x 32"):
        OnnxSession(path, "cpu")(np.zeros((1, 7, 32, 64), np.float32))
