"""The order of numbers in memory in which convolutions are fastest."""

from __future__ import annotations

import torch


def convolution_layout(place: torch.device) -> torch.memory_format:
    """The memory format for images and weights on a device.

    Channels last on a GPU and on processors with AVX-512; without it a training step of R50-FPN takes 1.5 times as long
    that way.
    """
    wide = place.type == "cuda" or torch.backends.cpu.get_cpu_capability() == "AVX512"
    return torch.channels_last if wide else torch.contiguous_format
