import numpy as np
import pytest

from docmarks.export.int8 import write_int8
from docmarks.export.plain_biases import plain_biases
from docmarks.export.run_model import export_checkpoint
from docmarks.runtime.session import core, read_network
from docmarks.runtime.sheet import read_sheet


def biases(network):
    """What is added to the answers of convolutions, by the name of the addition."""
    return {
        node.get_friendly_name(): node.input_value(1).get_node()
        for node in network.get_ordered_ops()
        if node.get_type_name() == "Add" and node.input_value(0).get_node().get_type_name() == "Convolution"
    }


@pytest.fixture(scope="module")
def onnx_file(run, tmp_path_factory):
    return export_checkpoint(run, tmp_path_factory.mktemp("exported") / "model.onnx", "mine")


def test_biases_become_constants_and_no_answer_changes(onnx_file):
    before, after = read_network(onnx_file), plain_biases(read_network(onnx_file))
    assert "Reshape" in {bias.get_type_name() for bias in biases(before).values()}
    assert {bias.get_type_name() for bias in biases(after).values()} == {"Constant"}
    assert biases(before).keys() == biases(after).keys()
    generator = np.random.default_rng(0)
    compiled = [
        core().compile_model(network, "CPU", {"INFERENCE_PRECISION_HINT": "f32"}) for network in (before, after)
    ]
    for count, height, width in ((1, 96, 64), (2, 70, 131)):
        images = generator.uniform(0, 255, (count, 1, height, width)).astype(np.float32)
        one, other = (model({0: images}) for model in compiled)
        for a, b in zip(one.values(), other.values(), strict=True):
            np.testing.assert_allclose(a, b, atol=1e-4)


def test_an_int8_file_has_plain_biases(onnx_file, tmp_path):
    write_int8(read_network(onnx_file), read_sheet(onnx_file), tmp_path / "model.xml")
    assert {bias.get_type_name() for bias in biases(read_network(tmp_path / "model.xml")).values()} == {"Constant"}


def test_all_channels_are_known_to_what_is_quantised(onnx_file):
    """A convolution whose input may have any number of channels stays in fp32."""
    network = read_network(onnx_file)
    convolutions = [node for node in network.get_ordered_ops() if node.get_type_name() == "Convolution"]
    assert convolutions
    for node in convolutions:
        assert node.input_value(0).get_partial_shape()[1].is_static, node.get_friendly_name()
