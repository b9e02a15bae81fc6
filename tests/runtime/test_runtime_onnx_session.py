"""The same marks from every runtime, and what is refused."""

import numpy as np
import onnx
import pytest
import torch

from docmarks.errors import DocmarksError
from docmarks.export.onnx_file import export_onnx, same_regions
from docmarks.runtime.detector import Detector
from docmarks.runtime.network import of_each
from docmarks.runtime.onnx_session import OnnxSession
from docmarks.runtime.prepare import working_size
from docmarks.runtime.select import select
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

    def __call__(self, image):
        return self.many(image)[0]

    @torch.no_grad()
    def many(self, images):
        return of_each([output.numpy() for output in self.model(torch.from_numpy(images))], len(images))


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
    sheet = read_sheet(path)
    page, (height, width) = np.full(shape, 255, np.uint8), shape[:2]
    # Two squares that the network sees as large as those that it has learnt.
    side = round(24 * width / working_size(sheet.config.input, width, height, size)[0])
    for middle in (width // 4, 3 * width // 4):
        page[(height - side) // 2 : (height + side) // 2, middle - side // 2 : middle + side // 2] = 0
    # Not down to the floor of 0.05, where a last digit decides.
    wanted, *others = [
        sorted(Detector(sheet, network, sizes=(size,))(page).marks((0.07, 0.07)), key=place) for network in networks
    ]
    assert len(wanted) >= 2
    for found in others:
        assert [mark.labels for mark in wanted] == [mark.labels for mark in found]
        np.testing.assert_allclose([m.box for m in wanted], [m.box for m in found], atol=0.05)
        np.testing.assert_allclose([m.score for m in wanted], [m.score for m in found], atol=1e-3)


def unlike_pages(height, width):
    """A square, nothing at all, two equal squares, noise, the square again, a black page, squares at the edges."""
    pages = np.full((7, 1, height, width), 255, np.float32)
    for page, left, top in ((0, 10, 20), (2, 8, 8), (2, 8, 40), (4, 10, 20), (6, 0, 0), (6, width - 24, height - 24)):
        pages[page, 0, top : top + 24, left : left + 24] = 0
    pages[3] = np.random.default_rng(0).uniform(0, 255, (1, height, width))
    pages[5] = 0
    return pages


# One session takes them all, in this order.
@pytest.mark.parametrize("which", [[0, 1], [2], [0, 1, 2, 3, 4, 5, 6], [1, 1, 1], [4, 0, 3]], ids=str)
@pytest.mark.parametrize("size", [(96, 96), (70, 129), (128, 64)], ids=str)
def test_a_batch_finds_what_its_images_give_alone_in_every_runtime(path, networks, which, size):
    config = read_sheet(path).config
    pages = unlike_pages(*size)[which]
    for network in networks:
        together = network.many(pages)
        assert len(together) == len(which)
        for page, regions in zip(pages, together, strict=True):
            alone = network(page[None])
            assert same_regions(*alone, *regions, share=1.0)
            wanted, found = (sorted(select(*one, config).marks((0.07, 0.07)), key=place) for one in (alone, regions))
            assert [mark.labels for mark in wanted] == [mark.labels for mark in found]
            np.testing.assert_allclose([m.score for m in wanted], [m.score for m in found], atol=1e-3)
    torch_found = [select(*regions, config).marks((0.5, 0.5)) for regions in networks[2].many(pages)]
    for network in networks[:2]:
        for wanted, regions in zip(torch_found, network.many(pages), strict=True):
            found = select(*regions, config).marks((0.5, 0.5))
            assert len(wanted) == len(found)
            np.testing.assert_allclose([m.box for m in wanted], [m.box for m in found], atol=0.05)
    for page, marks in zip(which, torch_found, strict=True):
        if page in (0, 4):
            assert marks[0].box == pytest.approx((10, 20, 34, 44), abs=6)
        assert page != 1 or not marks


def test_an_image_that_is_no_image_leaves_the_others_alone(path):
    session = OnnxSession(path, "cpu")
    pages = unlike_pages(96, 96)[[3, 0]]
    pages[0] = np.nan
    nothing, regions = session.many(pages)
    assert [part.shape for part in nothing] == [(0, 4), (0, 2)]
    assert same_regions(*session(pages[1:]), *regions, share=1.0)


def test_files_of_before_batches_are_read_too(path, tmp_path):
    network = onnx.load(path)
    del network.graph.output[2]
    network.graph.input[0].type.tensor_type.shape.dim[0].dim_value = 1
    for node in network.graph.node:
        node.input[:] = ["image" if name == "images" else name for name in node.input]
    network.graph.input[0].name = "image"
    onnx.save(network, tmp_path / "old.onnx")
    page = unlike_pages(96, 96)[:1]
    for session in (Session, lambda file: OnnxSession(file, "cpu")):
        for new, old in zip(session(path)(page), session(tmp_path / "old.onnx")(page), strict=True):
            np.testing.assert_allclose(new, old, atol=1e-4)


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


def test_pages_that_the_device_cannot_do_are_told_with_their_size(path):
    with pytest.raises(DocmarksError, match="fails on 3 pages of 64 x 32"):
        OnnxSession(path, "cpu").many(np.zeros((3, 7, 32, 64), np.float32))
    with pytest.raises(DocmarksError, match="fails on a page of 64 x 32"):
        OnnxSession(path, "cpu")(np.zeros((1, 7, 32, 64), np.float32))
