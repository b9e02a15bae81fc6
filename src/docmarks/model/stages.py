"""What every stage of the network makes of one image, for comparing and for looking."""

from __future__ import annotations

import torch
from torch import Tensor

from docmarks.model.detector import FasterRCNN


@torch.no_grad()
def stages(model: FasterRCNN, image: Tensor) -> dict[str, Tensor]:
    """Inference on one image with everything in between, in the order in which it comes about.

    Args:
        model: In evaluation mode.
        image: ``[1, C, H, W]`` in 0..255.

    Returns:
        ``pixels``, ``input`` (normalised, padded), ``res2`` .. ``res5``, ``p2`` .. ``p6``, ``objectness_p2`` ..,
        ``deltas_p2`` .., ``proposals`` ``[P, 4]``, ``scores`` ``[P, K]``, ``boxes`` ``[P, 4]`` (or ``4 * K``).
    """
    found = {"pixels": image, "input": model.normalise(image)}
    features = model.backbone(found["input"])
    found |= {f"res{i}": feature for i, feature in enumerate(features, start=2)}
    pyramid = model.pyramid(image)
    found |= {f"p{i}": level for i, level in enumerate(pyramid.levels, start=2)}
    found |= {f"objectness_p{i}": logits for i, logits in enumerate(pyramid.logits, start=2)}
    found |= {f"deltas_p{i}": deltas for i, deltas in enumerate(pyramid.deltas, start=2)}
    found["proposals"] = model.propose(pyramid, [(image.shape[2], image.shape[3])])[0]
    found["boxes"], found["scores"], _ = model(image)
    return found
