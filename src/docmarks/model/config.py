"""The model's configuration: what it takes to build the same network again."""

from __future__ import annotations

from typing import Literal

from pydantic import Field, model_validator

from docmarks.labels.label_set import LabelSet
from docmarks.strict import Strict

STRIDES = (4, 8, 16, 32, 64)
"""Pixels of the input a cell of p2..p6 stands for."""


class InputConfig(Strict):
    """What the network wants to see.

    Attributes:
        channels: Order of the colour channels of the input.
        mean: Subtracted from values in 0..255, one a channel.
        std: Divides after that, one a channel.
        short_side: The page is enlarged or reduced until its short side has so many pixels ...
        long_side: ... unless its long side would then exceed this.
        divisor: Both sides are padded (right, bottom) to a multiple of this.
    """

    channels: Literal["grey", "rgb", "bgr"] = "grey"
    mean: tuple[float, ...] = (235.0,)
    std: tuple[float, ...] = (60.0,)
    short_side: int = Field(default=832, gt=0)
    long_side: int = Field(default=1088, gt=0)
    divisor: int = Field(default=32, gt=0)

    @property
    def n_channels(self) -> int:
        """1 or 3."""
        return 1 if self.channels == "grey" else 3

    @model_validator(mode="after")
    def _one_statistic_a_channel(self) -> InputConfig:
        if len(self.mean) != self.n_channels or len(self.std) != self.n_channels:
            raise ValueError(f"mean and std need {self.n_channels} values for {self.channels} input")
        return self


class BackboneConfig(Strict):
    """A residual network (He et al. 2015; Xie et al. 2016 for groups).

    Attributes:
        depth: 18 and 34 are made of basic blocks, 50 and 101 of bottlenecks.
        stem_width: Channels after the stem.
        res2_width: Channels of the first stage's output (256 for the usual ResNet-50, 64 for ResNet-18);
            each further stage doubles it.
        groups: Groups of the bottleneck's 3x3 convolution.
        width_per_group: Its channels a group in the first stage.
        stride_in_1x1: A bottleneck strides in its first 1x1 convolution instead of the 3x3.
        norm: "frozen" never updates statistics or affine terms, "batch" is batch normalisation.
    """

    depth: Literal[18, 34, 50, 101] = 18
    stem_width: int = 64
    res2_width: int = 64
    groups: int = 1
    width_per_group: int = 64
    stride_in_1x1: bool = True
    norm: Literal["frozen", "batch"] = "batch"


class RankConfig(Strict):
    """The widest 3x3 convolutions made of so many filters (``model.low_rank``); None for one a channel.

    Attributes:
        p2: The pyramid's finest level.
        p3: The next one.
        proposals: The proposal head's.
    """

    p2: int | None = Field(default=None, gt=0)
    p3: int | None = Field(default=None, gt=0)
    proposals: int | None = Field(default=None, gt=0)


class AnchorConfig(Strict):
    """Anchors of each level p2..p6: every size with every ratio (height / width)."""

    sizes: tuple[tuple[float, ...], ...] = ((16.0,), (32.0,), (64.0,), (128.0,), (256.0,))
    ratios: tuple[float, ...] = (0.5, 1.0, 2.0)

    @model_validator(mode="after")
    def _five_levels(self) -> AnchorConfig:
        if len(self.sizes) != 5 or len({len(s) for s in self.sizes}) != 1:
            raise ValueError("anchor sizes are five lists of one length, for p2, p3, p4, p5, p6")
        return self


class RPNConfig(Strict):
    """Region proposal network: matching, sampling and the choice of proposals."""

    foreground_iou: float = 0.7
    background_iou: float = 0.3
    samples_per_image: int = 256
    positive_fraction: float = 0.5
    pre_nms_train: int = 2000
    pre_nms_test: int = 1000
    post_nms_train: int = 1000
    post_nms_test: int = 1000
    nms_iou: float = 0.7


class ROIConfig(Strict):
    """Second stage: pooling, box head, matching, sampling, final selection.

    Attributes:
        resolution: Bins of a pooled region down, and across unless ``across`` says otherwise.
        across: Bins across. Writing is wide: seven bins of a line of it hold several letters each.
        context: Bins, down and across, of what stands around a region (``model.context``), seen beside it; None for
            the region alone.
        second_look: Regions that may be a mark are looked at once more where the first look put them (iterative
            localisation of Gidaris and Komodakis 2015, arXiv 1505.01749), and both answers count.
        sampling_ratio: Samples a bin side in ROIAlign; 0 = ceil(size / resolution), adaptive.
        fc_width: Width of the two fully connected layers.
        dropout: Share of what each of these two layers says that training leaves out (Srivastava et al. 2014).
        class_agnostic_boxes: One box regression for all labels.
        label_weights: How much each label weighs in the label loss; empty for all alike.
        vote_iou: A box that stays becomes the mean of those that overlap it by so much (``runtime.box_voting``); None
            leaves it where it is, as Detectron2 does.
        merge_iou: Boxes of different labels that overlap more are one mark with several labels.
    """

    resolution: int = Field(default=7, gt=0)
    across: int | None = Field(default=None, gt=0)
    context: int | None = Field(default=None, gt=0)
    second_look: bool = False
    sampling_ratio: int = 0
    fc_width: int = 1024
    dropout: float = Field(default=0.0, ge=0, lt=1)
    class_agnostic_boxes: bool = True
    label_weights: tuple[float, ...] = ()
    foreground_iou: float = 0.5
    samples_per_image: int = 512
    positive_fraction: float = 0.25
    score_threshold: float = 0.05
    nms_iou: float = 0.5
    vote_iou: float | None = Field(default=None, gt=0, le=1)
    detections_per_image: int = 100
    merge_iou: float = 0.8

    @model_validator(mode="after")
    def _one_place_to_look_again(self) -> ROIConfig:
        if self.second_look and not self.class_agnostic_boxes:
            raise ValueError("second_look needs class_agnostic_boxes: a region has one place to look at again")
        return self

    @property
    def bins(self) -> tuple[int, int]:
        """Of a pooled region: down, across."""
        return self.resolution, self.across or self.resolution


class ModelConfig(Strict):
    """A Faster R-CNN with FPN.

    Attributes:
        labels: Names of the K labels, in the order of the score columns.
        label_set: The label set that these labels come from: the name of one that ships, or the rules of another; empty
            for a model with labels of its own.
        head: "sigmoid" gives a region any number of labels, "softmax" one, "multitask" one a group.
        groups: The groups of a multi-task head; together, in order, they are the labels.
        checkpointing: Training keeps only what stem, stages, pyramid and proposal head hand on, and computes their
            insides again on the way back: less memory for more time, the same gradients.
    """

    labels: tuple[str, ...]
    label_set: str | LabelSet = "default"
    head: Literal["sigmoid", "softmax", "multitask"] = "sigmoid"
    groups: dict[str, tuple[str, ...]] = Field(default_factory=dict)
    input: InputConfig = InputConfig()
    backbone: BackboneConfig = BackboneConfig()
    fpn_width: int = 256
    ranks: RankConfig = RankConfig()
    anchors: AnchorConfig = AnchorConfig()
    rpn: RPNConfig = RPNConfig()
    roi: ROIConfig = ROIConfig()
    checkpointing: bool = False

    @model_validator(mode="after")
    def _groups_are_the_labels(self) -> ModelConfig:
        grouped = tuple(label for labels in self.groups.values() for label in labels)
        if self.head == "multitask" and grouped != self.labels:
            raise ValueError(f"the groups' labels, in order, must be the labels: {grouped} against {self.labels}")
        if self.roi.label_weights and len(self.roi.label_weights) != len(self.labels):
            raise ValueError(f"{len(self.roi.label_weights)} label_weights for {len(self.labels)} labels")
        return self
