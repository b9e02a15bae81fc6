"""Biases of an ONNX network as OpenVINO would write them itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from openvino import Model


def plain_biases(network: Model) -> Model:
    """Puts constants ``[1, C, 1, 1]`` where convolutions get a bias ``[C]`` reshaped by the shape of their answer.

    OpenVINO reads ONNX that way, for answers of any rank. Where the size of an image is open until it comes, such a
    bias is added in a pass of its own after the convolution; in int8 these passes took an eighth of a page's time.
    """
    from openvino import opset13

    for node in network.get_ordered_ops():
        if node.get_type_name() != "Add" or node.input_value(0).get_node().get_type_name() != "Convolution":
            continue
        reshape = node.input_value(1).get_node()
        if reshape.get_type_name() != "Reshape":
            continue
        values = reshape.input_value(0).get_node()
        if values.get_type_name() == "Constant" and len(values.shape) == 1:
            plain = opset13.constant(values.get_data().reshape(1, -1, 1, 1))
            node.input(1).replace_source_output(plain.output(0))
    network.validate_nodes_and_infer_types()
    return network
