"""Single functions against Detectron2's."""

from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

from docmarks.marks import Detections
from docmarks.model import boxes
from docmarks.model.anchors import AnchorGrid, LevelAnchors
from docmarks.model.boxes import MAX_LOG_SCALE, BoxCoder
from docmarks.model.config import AnchorConfig, RPNConfig
from docmarks.model.matching import BACKGROUND, Matcher
from docmarks.model.pooler import ROIPooler, assign_levels, poolable
from docmarks.model.rpn import ProposalSelector
from docmarks.runtime.detector import Detector, in_page_pixels
from docmarks.runtime.nms import nms
from docmarks.runtime.select import select
from docmarks.runtime.sheet import ModelSheet
from tiny import tiny_config

REFERENCE = Path(__file__).parent / "reference"


@pytest.fixture(scope="module")
def units():
    with np.load(REFERENCE / "units.npz") as data:
        return {name: data[name] for name in data.files}


def tensor(units, name):
    return torch.from_numpy(units[name])


def test_resized_sides(units):
    for h, w, short, longest, new_h, new_w in units["resize_shapes"].tolist():
        config = tiny_config()
        wanted = config.input.model_copy(update={"short_side": short, "long_side": longest})
        sheet = ModelSheet(name="", version="", config=config.model_copy(update={"input": wanted}), thresholds=(0, 0))
        assert Detector(sheet, session=None).working_size(w, h) == (max(1, new_w), max(1, new_h))  # never no pixel


@pytest.mark.parametrize("size", ["64x92", "20x29", "37x100", "100x53"])
def test_resized_pixels(units, size):
    height, width = map(int, size.split("x"))
    got = Image.fromarray(units["pil_resize/src"]).resize((width, height), Image.Resampling.BILINEAR)
    assert np.array_equal(np.asarray(got), units[f"pil_resize/out_{size}"])


def test_anchors(units):
    config = AnchorConfig(sizes=tuple((float(s),) for s in (32, 64, 128, 256, 512)))
    levels = [torch.zeros(1, 1, h, w) for h, w in units["anchors/feature_hw"].tolist()]
    for level, got in enumerate(AnchorGrid(config)(levels)):
        torch.testing.assert_close(got.all(), tensor(units, f"anchors/std_off0.0_lvl{level}"), atol=1e-4, rtol=0)


@pytest.mark.parametrize("kind", ["rpn", "roi"])
def test_box_transform(units, kind):
    coder = BoxCoder(tuple(units[f"box_transform/{kind}_weights"].tolist()))
    reference = tensor(units, f"box_transform/{kind}_boxes")
    decoded = coder.decode(reference, tensor(units, f"box_transform/{kind}_deltas"))
    torch.testing.assert_close(decoded, tensor(units, f"box_transform/{kind}_apply"), rtol=1e-5, atol=1e-3)
    encoded = coder.encode(reference, tensor(units, f"box_transform/{kind}_gt"))
    torch.testing.assert_close(encoded, tensor(units, f"box_transform/{kind}_get_deltas"), rtol=1e-5, atol=1e-5)


def test_class_wise_box_transform_and_clamp(units):
    coder = BoxCoder((10.0, 10.0, 5.0, 5.0))
    got = coder.decode(tensor(units, "box_transform/roi_boxes"), tensor(units, "box_transform/multi_deltas"))
    torch.testing.assert_close(got, tensor(units, "box_transform/multi_apply_roi"), rtol=1e-5, atol=1e-3)
    assert pytest.approx(float(units["box_transform/scale_clamp"])) == MAX_LOG_SCALE


def test_clip(units):
    height, width = units["box_transform/clip_hw"].tolist()
    got = boxes.clip(tensor(units, "box_transform/rpn_boxes"), height, width)
    wanted = tensor(units, "box_transform/clip_out")
    torch.testing.assert_close(got, wanted)
    nonempty = (got[:, 2] > got[:, 0]) & (got[:, 3] > got[:, 1])
    assert torch.equal(nonempty, tensor(units, "box_transform/nonempty_after_clip"))


@pytest.mark.parametrize("threshold", ["0.5", "0.7"])
def test_nms_a_class_with_ties(units, threshold):
    found, scores, labels = (units[f"nms/trick_5cls_{name}"] for name in ("boxes", "scores", "idx"))
    kept = []
    for label in range(5):
        chosen = np.flatnonzero(labels == label)
        kept.extend(chosen[nms(found[chosen], scores[chosen], float(threshold))].tolist())
    assert set(kept) == set(units[f"nms/trick_5cls_keep_{threshold}_exact_per_class"].tolist())


@pytest.mark.parametrize("kind", ["square", "rand"])
def test_level_assignment(units, kind):
    assert torch.equal(assign_levels(tensor(units, f"levels/{kind}_boxes")), tensor(units, f"levels/{kind}_levels") + 2)


@pytest.mark.parametrize("ratio", [0, 2])
def test_roi_pooling(units, ratio):
    levels = [tensor(units, f"roi_pooler/feat{level}") for level in range(4)]
    parts = [tensor(units, f"roi_pooler/boxes{image}") for image in range(2)]
    index = torch.cat([torch.full((len(part),), image) for image, part in enumerate(parts)])
    pooled = ROIPooler((7, 7), ratio)(poolable(levels, ratio), torch.cat(parts), index)
    torch.testing.assert_close(pooled, tensor(units, f"roi_pooler/ROIAlignV2_sr{ratio}"), rtol=1e-5, atol=1e-5)


def test_matcher(units):
    quality = tensor(units, "matcher/iou")
    torch.testing.assert_close(boxes.iou(tensor(units, "matcher/gt"), tensor(units, "matcher/anchors")), quality)
    for kind, matcher in (("rpn", Matcher(0.3, 0.7, keep_best=True)), ("roi", Matcher(0.5, 0.5))):
        index, state = matcher(quality)
        assert torch.equal(state, tensor(units, f"matcher/{kind}_label").to(state.dtype))
        matched = state != BACKGROUND
        assert torch.equal(index[matched], tensor(units, f"matcher/{kind}_idx")[matched])


def test_a_ground_truth_that_nothing_touches_matches_nothing(units):
    # Detectron2 makes every anchor foreground for it; that is the one rule we do not follow.
    assert (units["matcher/zero_iou_rpn_label"] == 1).all()
    _, state = Matcher(0.3, 0.7, keep_best=True)(torch.zeros(1, 50))
    assert (state == BACKGROUND).all()


def test_proposal_selection_with_rows_that_are_not_finite(units):
    prefix = "find_top_rpn_proposals/"
    before, after = int(units[prefix + "pre_nms_topk"]), int(units[prefix + "post_nms_topk"])
    config = RPNConfig(pre_nms_test=before, post_nms_test=after, nms_iou=float(units[prefix + "nms_thresh"]))
    proposals = [tensor(units, f"{prefix}proposals{level}") for level in range(5)]
    logits = [tensor(units, f"{prefix}logits{level}") for level in range(5)]
    height, width = units[prefix + "image_hw"].tolist()
    nothing = [torch.zeros_like(proposal) for proposal in proposals]  # the boxes are given: no deltas
    batch = [logit[None] for logit in logits], [delta[None] for delta in nothing]
    anchors = [LevelAnchors(proposal, 1, 1, 1) for proposal in proposals]  # all in a cell at the origin
    got, best, _ = ProposalSelector(config).eval()(*batch, anchors, torch.tensor([[height, width]]))
    torch.testing.assert_close(best, tensor(units, prefix + "out_logits"))
    torch.testing.assert_close(got, tensor(units, prefix + "out_boxes"), atol=1e-3, rtol=0)


@pytest.mark.parametrize("kind", ["k5", "k5_agnostic"])
def test_final_selection(units, kind):
    height, width = units["final/image_hw"].tolist()
    found = tensor(units, f"final/{kind}_boxes")
    clipped = boxes.clip(found.reshape(-1, 4), height, width).reshape(found.shape).numpy()
    config = tiny_config(labels=tuple("abcde"))
    roi = config.roi.model_copy(update={
        "score_threshold": float(units["final/score_thresh"]), "nms_iou": float(units["final/nms_thresh"]),
        "detections_per_image": int(units["final/topk"]), "merge_iou": 2.0,
    })  # fmt: skip
    got = select(clipped, units[f"final/{kind}_scores"][:, :-1], config.model_copy(update={"roi": roi}))
    wanted = zip(
        units[f"final/{kind}_out_boxes"].tolist(),
        units[f"final/{kind}_out_scores"].tolist(),
        units[f"final/{kind}_out_classes"].tolist(),
        strict=True,
    )
    ours = zip(got.boxes.tolist(), got.scores.max(axis=1).tolist(), got.scores.argmax(axis=1).tolist(), strict=True)

    def rounded(rows):
        return sorted((label, round(score, 5), tuple(round(v, 3) for v in box)) for box, score, label in rows)

    assert rounded(ours) == rounded(wanted)


def test_post_processing(units):
    (h, w), (page_h, page_w) = units["postprocess/in_hw"].tolist(), units["postprocess/out_hw"].tolist()
    count = len(units["postprocess/in_boxes"])
    scores = np.zeros((count, 5), np.float32)
    scores[np.arange(count), units["postprocess/in_classes"] % 5] = units["postprocess/in_scores"]
    found = Detections(units["postprocess/in_boxes"], scores, tuple("abcde"))
    got = in_page_pixels(found, (w, h), (page_w, page_h))
    np.testing.assert_allclose(got.boxes, units["postprocess/out_boxes"], atol=1e-3)
    np.testing.assert_allclose(got.scores.max(axis=1), units["postprocess/out_scores"])
