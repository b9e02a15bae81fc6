"""What a run ran on, for whoever wonders later why a number differs."""

from __future__ import annotations

import platform
from importlib.metadata import PackageNotFoundError, version
from typing import Any

import torch

from docmarks.machine.cores import cores
from docmarks.train.device import Device
from docmarks.train.distributed import Processes

PACKAGES = ("docmarks", "torch", "torchvision", "numpy", "pillow", "safetensors", "onnx", "openvino", "pydantic")


def environment(device: Device, processes: Processes) -> dict[str, Any]:
    """Versions, machine and device."""
    on_gpu = device.place.type == "cuda"
    return {
        "python": platform.python_version(),
        "packages": {name: found for name in PACKAGES if (found := _version(name))},
        "system": platform.platform(),
        "machine": platform.machine(),
        "cores": cores(),
        "threads": torch.get_num_threads(),
        "device": device.place.type,
        "device_name": torch.cuda.get_device_name(device.place) if on_gpu else platform.processor() or "cpu",
        "cuda": torch.version.cuda if on_gpu else None,
        "precision": "fp32" if device.dtype is None else str(device.dtype).removeprefix("torch."),
        "processes": processes.count,
    }


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return ""
