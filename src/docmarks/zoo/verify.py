"""What a file of weights holds, read whole and safely."""

from __future__ import annotations

from pathlib import Path

from docmarks.errors import DocmarksError
from docmarks.runtime.session import Compiled
from docmarks.runtime.sheet import read_sheet
from docmarks.train.checkpoint import read_checkpoint
from docmarks.zoo.download import sha256_of
from docmarks.zoo.state_file import read_state


def verify(path: Path, sha256: str | None = None) -> str:
    """One line: what it is, how much it holds, its SHA-256.

    Raises:
        DocmarksError: The file is missing, damaged, refused, or not the one with that SHA-256.
    """
    if not path.is_file():
        raise DocmarksError(f"{path}: no such file")
    found = sha256_of(path)
    if sha256 is not None and found != sha256.lower():
        raise DocmarksError(f"{path}: its sha256 is {found}, not {sha256}; take another copy of it")
    return f"{path}: {_what(path)}, sha256 {found}"


def _what(path: Path) -> str:
    if path.suffix in (".onnx", ".xml"):
        sheet = read_sheet(path)
        Compiled(path)  # its weights as well, which OpenVINO keeps in a file of their own
        return f"docmarks model {sheet.name} {sheet.version} ({sheet.precision}), {len(sheet.config.labels)} labels"
    if path.suffix == ".safetensors":
        checkpoint = read_checkpoint(path)
        return f"docmarks checkpoint, step {checkpoint.info.get('step', 0)}, {len(checkpoint.weights())} tensors"
    state = read_state(path)
    kind = "backbone" if state.by_suffix else "detector"
    return f"Detectron2 {kind}, {len(state.tensors)} tensors"
