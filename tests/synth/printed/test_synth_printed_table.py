import numpy as np
import pytest

from docmarks.synth.printed.table import LARGEST, table
from docmarks.synth.printed.type_case import TypeCase


def test_tables_come_in_small_and_in_large_print():
    heights = [table(np.random.default_rng(seed), TypeCase()).shape[0] for seed in range(40)]
    assert min(heights) < 40 and max(heights) > 120 and max(heights) < 7 * 2.5 * LARGEST


@pytest.mark.parametrize("seed", range(12))
def test_every_table_says_something_and_some_are_ruled(seed):
    mask = table(np.random.default_rng(seed), TypeCase())
    assert mask.dtype == np.uint8 and 0.005 < (mask > 128).mean() < 0.6


def test_rules_run_through_rows_and_columns_where_there_are_any():
    ruled = [
        mask
        for mask in (table(np.random.default_rng(seed), TypeCase()) for seed in range(30))
        if (mask[0] == 255).all()
    ]
    framed = [mask for mask in ruled if (mask[:, 0] == 255).all()]
    assert 12 <= len(ruled) <= 24 and 0 < len(framed) < len(ruled)
