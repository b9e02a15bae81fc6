"""Published models that can be pulled: where they lie, under which licence, and what they are.

Addresses of Detectron2's zoo are those of its MODEL_ZOO.md; LayoutParser's own links (on a file-sharing service) are
dead since 2026, the copies named here are its organisation's on the Hugging Face hub, and a mirror of that hub.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

DETECTRON2 = "https://dl.fbaipublicfiles.com/detectron2"
HUBS = ("https://huggingface.co", "https://hf-mirror.com")
LAYOUT_PARSER = "layoutparser/detectron2/resolve/main"

ZOO_LICENCE = "CC BY-SA 3.0"
LAYOUT_LICENCE = "Apache-2.0 (weights; check the licence of its training data)"


@dataclass(frozen=True)
class Published:
    """One published model.

    Attributes:
        urls: Where its checkpoint lies, the first to try first.
        megabytes: About.
        licence: As its publisher says.
        what: In one line.
        config_urls: Where its configuration lies; empty where ``settings`` say it.
        settings: Its Detectron2 configuration, as far as it differs from the defaults.
        labels: Names by class number, where known.
        sha256: Of the checkpoint, where known.
        backbone_only: Only a backbone: to train from, not to detect with.
    """

    urls: tuple[str, ...]
    megabytes: int
    licence: str
    what: str
    config_urls: tuple[str, ...] = ()
    settings: Mapping[str, Any] = field(default_factory=dict)
    labels: Mapping[int, str] = field(default_factory=dict)
    sha256: str | None = None
    backbone_only: bool = False


R101 = {"RESNETS": {"DEPTH": 101}}
X101 = {
    "RESNETS": {"DEPTH": 101, "STRIDE_IN_1X1": False, "NUM_GROUPS": 32, "WIDTH_PER_GROUP": 8},
    "PIXEL_STD": [57.375, 57.12, 58.395],
}


def _coco(name: str, file: str, megabytes: int, what: str, model: Mapping[str, Any]) -> Published:
    url = f"{DETECTRON2}/COCO-Detection/{name}/{file}"
    return Published((url,), megabytes, ZOO_LICENCE, f"COCO, 80 classes, {what}", settings={"MODEL": model})


def _imagenet(path: str, megabytes: int, model: Mapping[str, Any]) -> Published:
    url = f"{DETECTRON2}/ImageNetPretrained/{path}"
    what = "ImageNet backbone: to train from"
    return Published((url,), megabytes, ZOO_LICENCE, what, settings={"MODEL": model}, backbone_only=True)


def _layout(path: str, megabytes: int, what: str, labels: Mapping[int, str]) -> Published:
    urls, configs = (
        tuple(f"{hub}/{LAYOUT_PARSER}/{path}/{file}" for hub in HUBS) for file in ("model_final.pth", "config.yml")
    )
    return Published(urls, megabytes, LAYOUT_LICENCE, f"LayoutParser: {what}", configs, labels=labels)


PUBLAYNET = {0: "Text", 1: "Title", 2: "List", 3: "Table", 4: "Figure"}
NEWSPAPER = {
    0: "Photograph", 1: "Illustration", 2: "Map", 3: "Comics/Cartoon", 4: "Editorial Cartoon", 5: "Headline",
    6: "Advertisement",
}  # fmt: skip
PRIMA = {
    1: "TextRegion", 2: "ImageRegion", 3: "TableRegion", 4: "MathsRegion", 5: "SeparatorRegion", 6: "OtherRegion",
}  # fmt: skip
HJ = {
    1: "Page Frame", 2: "Row", 3: "Title Region", 4: "Text Region", 5: "Title", 6: "Subtitle", 7: "Other",
}  # fmt: skip

MODELS: dict[str, Published] = {
    "coco-r50": _coco("faster_rcnn_R_50_FPN_3x", "137849458/model_final_280758.pkl", 167, "R50-FPN 3x", {}),
    "coco-r101": _coco("faster_rcnn_R_101_FPN_3x", "137851257/model_final_f6e8b1.pkl", 243, "R101-FPN 3x", R101),
    "coco-x101": _coco(
        "faster_rcnn_X_101_32x8d_FPN_3x", "139173657/model_final_68b088.pkl", 419, "X101-32x8d-FPN 3x", X101
    ),
    "imagenet-r50": _imagenet("MSRA/R-50.pkl", 102, {}),
    "imagenet-r101": _imagenet("MSRA/R-101.pkl", 178, R101),
    "imagenet-x101": _imagenet("FAIR/X-101-32x8d.pkl", 356, X101),
    "newspaper-r50": _layout("NewspaperNavigator/faster_rcnn_R_50_FPN_3x", 330, "newspapers, R50-FPN", NEWSPAPER),
    "tablebank-r50": _layout("TableBank/faster_rcnn_R_50_FPN_3x", 330, "tables in papers, R50-FPN", {0: "Table"}),
    "tablebank-r101": _layout("TableBank/faster_rcnn_R_101_FPN_3x", 480, "tables in papers, R101-FPN", {0: "Table"}),
    "publaynet-r50": _layout("PubLayNet/faster_rcnn_R_50_FPN_3x", 330, "papers, R50-FPN", PUBLAYNET),
    "publaynet-x101": _layout(
        "PubLayNet/mask_rcnn_X_101_32x8d_FPN_3x", 850, "papers, X101-32x8d-FPN, its mask branch set aside", PUBLAYNET
    ),
    "prima-r50": _layout(
        "PrimaLayout/mask_rcnn_R_50_FPN_3x", 350, "magazines, R50-FPN, its mask branch set aside", PRIMA
    ),
    "hjdataset-r50": _layout("HJDataset/faster_rcnn_R_50_FPN_3x", 330, "historical Japanese documents, R50-FPN", HJ),
}
"""By the name that `docmarks weights pull` takes."""
