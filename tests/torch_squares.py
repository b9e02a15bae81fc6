"""Black squares on white as training samples: enough for the loop, and a function of the index alone."""

import numpy as np
import torch

from docmarks.model.targets import Targets
from docmarks.train.feed import Sample


class Squares(torch.utils.data.Dataset):
    """Every third page has no square, and on every fifth the second label is not fully annotated."""

    def __getitem__(self, index):
        rng = np.random.default_rng(index)
        page = torch.full((1, 96, 96), 255, dtype=torch.uint8)
        boxes = []
        for _ in range(index % 3):
            x, y = rng.integers(5, 60, 2).tolist()
            page[0, y : y + 24, x : x + 24] = 0
            boxes.append([x, y, x + 24, y + 24])
        targets = Targets(
            torch.tensor(boxes, dtype=torch.float32).reshape(-1, 4),
            torch.tensor([[1.0, 0.0]] * len(boxes)).reshape(-1, 2),
            torch.zeros(0, 4),
            torch.tensor([True, index % 5 > 0]),
        )
        return Sample(page, targets, f"square {index}")
