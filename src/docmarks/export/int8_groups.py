"""The parts of an int8 network that can go back to fp32, each by itself, and how they do."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from openvino import Model

LAYERS = ("Convolution", "GroupConvolution", "MatMul")
"""What computes in int8."""

QUANTISER = "FakeQuantize"
"""Rounds what a layer takes in to 256 values."""

PASSING = ("MaxPool", "Interpolate", "Reshape", "Transpose", "Squeeze", "Unsqueeze")
"""What hands rounded values on as they are."""


@dataclass(frozen=True)
class Group:
    """Operations that share rounded values: none of them can go back to fp32 without the others.

    Attributes:
        quantisers: Names of the operations that round.
        operations: Names of those that take the rounded values; layers, and additions of two branches.
        layers: Those of them that have int8 weights.
    """

    quantisers: tuple[str, ...]
    operations: tuple[str, ...]
    layers: tuple[str, ...]


def find_groups(network: Model) -> list[Group]:
    """All groups of an int8 network, in its order."""
    groups: list[Group] = []
    seen: set[str] = set()
    for node in network.get_ordered_ops():
        if node.get_type_name() != QUANTISER or node.get_friendly_name() in seen:
            continue
        quantisers, operations = _together(node)
        seen.update(quantisers)
        layers = (name for name, operation in operations.items() if operation.get_type_name() in LAYERS)
        groups.append(Group(tuple(quantisers), tuple(operations), tuple(layers)))
    return groups


def put_back(network: Model, exact: Model, groups: Iterable[Group]) -> Model:
    """A copy of an int8 network in which some groups compute as in ``exact``, the fp32 network it was made from."""
    mixed, chosen = network.clone(), list(groups)
    nodes, originals = _by_name(mixed), _by_name(exact)
    for name in (name for group in chosen for name in group.quantisers):
        quantiser = nodes[name]
        for target in quantiser.output(0).get_target_inputs():
            target.replace_source_output(quantiser.input_value(0))
    for name in (name for group in chosen for name in group.layers):
        nodes[name].input(1).replace_source_output(originals[name].input_value(1))
        for bias in _biases(nodes[name]):
            # Quantising corrects the biases for what the rounding shifts on average.
            _replace_bias(bias, originals.get(bias.get_friendly_name()))
    mixed.validate_nodes_and_infer_types()
    return mixed


def int8_layers(network: Model) -> list[str]:
    """Convolutions and fully connected layers that compute in int8, by name."""
    return [node.get_friendly_name() for node in _layers(network) if _is_int8(node)]


def fp32_layers(network: Model) -> list[str]:
    """Convolutions and fully connected layers that compute in fp32, by name."""
    return [node.get_friendly_name() for node in _layers(network) if not _is_int8(node)]


def short(layer: str) -> str:
    """A layer's name as the model has it: "/rpn_head/conv/Conv/WithoutBiases" is rpn_head/conv."""
    return layer.strip("/").removesuffix("/WithoutBiases").removesuffix("/Conv").removesuffix("/Gemm")


def _layers(network: Model) -> list[Any]:
    return [node for node in network.get_ordered_ops() if node.get_type_name() in LAYERS]


def _is_int8(layer: Any) -> bool:
    """By its weights: what lies between a layer and its quantised input may be a pooling or a change of shape."""
    weights = layer.input_value(1).get_node()
    while weights.get_input_size():
        weights = weights.input_value(0).get_node()
    return bool(weights.get_element_type().size == 1)


def _together(first: Any) -> tuple[dict[str, Any], dict[str, Any]]:
    """Quantisers and operations, by name, that hang together with one quantiser."""
    quantisers, operations, waiting = {}, {}, [first]
    while waiting:
        quantiser = waiting.pop()
        if quantiser.get_friendly_name() in quantisers:
            continue
        quantisers[quantiser.get_friendly_name()] = quantiser
        for operation in _takers(quantiser):
            operations[operation.get_friendly_name()] = operation
            waiting.extend(_rounded_by(operation))
    return quantisers, operations


def _takers(node: Any) -> Iterator[Any]:
    """What computes with a node's values."""
    for target in node.output(0).get_target_inputs():
        taker = target.get_node()
        if taker.get_type_name() in PASSING:
            yield from _takers(taker)
        elif taker.get_type_name() not in ("ShapeOf", QUANTISER):
            yield taker


def _rounded_by(node: Any) -> Iterator[Any]:
    """The quantisers whose values a node takes."""
    for number in range(node.get_input_size()):
        source = node.input_value(number).get_node()
        while source.get_type_name() in PASSING:
            source = source.input_value(0).get_node()
        if source.get_type_name() == QUANTISER:
            yield source


def _biases(layer: Any) -> Iterator[Any]:
    """The additions of a constant to a layer's values."""
    for target in layer.output(0).get_target_inputs():
        taker = target.get_node()
        if taker.get_type_name() == "Multiply":  # by the constant 1 that ONNX gives fully connected layers
            yield from _biases(taker)
        elif taker.get_type_name() == "Add" and _constant_input(taker) is not None:
            yield taker


def _replace_bias(bias: Any, original: Any) -> None:
    from openvino import opset13

    number = _constant_input(bias)
    assert number is not None
    if original is None:  # the layer had none until it was corrected
        values = np.zeros_like(bias.input_value(number).get_node().data)
        bias.input(number).replace_source_output(opset13.constant(values).output(0))
    else:
        bias.input(number).replace_source_output(original.input_value(number))


def _constant_input(node: Any) -> int | None:
    kinds = [node.input_value(number).get_node().get_type_name() for number in range(node.get_input_size())]
    return kinds.index("Constant") if "Constant" in kinds else None


def _by_name(network: Model) -> dict[str, Any]:
    return {node.get_friendly_name(): node for node in network.get_ordered_ops()}
