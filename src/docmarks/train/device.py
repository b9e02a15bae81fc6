"""Where the network trains, and in which precision."""

from __future__ import annotations

from dataclasses import dataclass

import torch

from docmarks.errors import DocmarksError
from docmarks.model.layout import convolution_layout
from docmarks.train.config import TrainConfig
from docmarks.train.resident import peak

MEBIBYTE = 2**20


@dataclass(frozen=True)
class Device:
    """A device and the format that convolutions are computed in.

    Attributes:
        place: The device.
        dtype: None computes in float32.
    """

    place: torch.device
    dtype: torch.dtype | None = None

    @classmethod
    def choose(cls, config: TrainConfig, local_rank: int = 0) -> Device:
        """As the configuration says; "auto" looks what there is.

        Raises:
            DocmarksError: A GPU is asked for and there is none.
        """
        if config.device == "cuda" and not torch.cuda.is_available():
            raise DocmarksError("device cuda: torch sees no GPU here; take --device cpu, or install torch with CUDA")
        on_gpu = torch.cuda.is_available() and config.device != "cpu"
        device = torch.device("cuda", local_rank) if on_gpu else torch.device("cpu")
        precision = config.precision
        if precision == "auto":
            precision = "bf16" if _computes_bf16(device) else "fp32"
        return cls(device, {"fp32": None, "bf16": torch.bfloat16, "fp16": torch.float16}[precision])

    @property
    def layout(self) -> torch.memory_format:
        """Memory format of images and weights."""
        return convolution_layout(self.place)

    def autocast(self) -> torch.autocast:
        """The precision, as a context."""
        return torch.autocast(self.place.type, self.dtype or torch.bfloat16, enabled=self.dtype is not None)

    def scaler(self) -> torch.amp.GradScaler:
        """Keeps small gradients of fp16 from vanishing; does nothing in other formats."""
        return torch.amp.GradScaler(self.place.type, enabled=self.dtype is torch.float16)

    def peak_memory(self) -> float:
        """Most memory held so far, in MiB: of the GPU by torch, else of this process."""
        if self.place.type == "cuda":
            return torch.cuda.max_memory_allocated(self.place) / MEBIBYTE
        return peak() / MEBIBYTE


def _computes_bf16(device: torch.device) -> bool:
    if device.type == "cuda":
        return torch.cuda.is_bf16_supported(including_emulation=False)
    # Without such units a processor emulates bf16, more slowly than it computes in fp32.
    checks = [getattr(torch.cpu, name, None) for name in ("_is_avx512_bf16_supported", "_is_amx_tile_supported")]
    return any(check() for check in checks if check is not None)
