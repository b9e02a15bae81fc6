import pytest
import torch

from docmarks.model.fast import faster
from docmarks.model.layout import convolution_layout
from docmarks.train.device import Device
from tiny import tiny_model


@pytest.mark.parametrize(
    ("place", "capability", "expected"),
    [
        ("cpu", "AVX2", torch.contiguous_format),
        ("cpu", "AVX512", torch.channels_last),
        ("cuda", "AVX2", torch.channels_last),
    ],
)
def test_wide_processors_and_gpus_take_channels_last(monkeypatch, place, capability, expected):
    monkeypatch.setattr(torch.backends.cpu, "get_cpu_capability", lambda: capability)
    assert convolution_layout(torch.device(place)) == expected == Device(torch.device(place)).layout


@pytest.mark.parametrize("layout", [torch.contiguous_format, torch.channels_last])
def test_the_quick_copy_takes_it_too(monkeypatch, layout):
    monkeypatch.setattr("docmarks.model.fast.convolution_layout", lambda place: layout)
    stem = next(p for p in faster(tiny_model()).parameters() if p.dim() == 4 and min(p.shape[1:]) > 1)
    assert stem.is_contiguous(memory_format=layout)
