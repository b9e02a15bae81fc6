import platform
import subprocess
import sys

import pytest

ROUNDS, BLOCK = 20, 64 * 2**20

COUNT = f"""
import resource, sys
import numpy as np
from docmarks.machine.heap import keep_freed_memory
if sys.argv[1] == "kept":
    keep_freed_memory()
for i in range({ROUNDS} + 3):
    np.ones({BLOCK} // 8)
    if i == 2:
        before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
print(resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before)
"""


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="the C library has no such setting")
def test_memory_that_is_freed_is_found_again_without_the_system_clearing_it():
    plain, kept = (
        int(subprocess.run([sys.executable, "-c", COUNT, how], check=True, capture_output=True, text=True).stdout)
        for how in ("plain", "kept")
    )
    largest_page = 2 * 2**20  # of a system that gives large blocks large pages
    assert plain >= ROUNDS * BLOCK // largest_page
    assert kept < ROUNDS
