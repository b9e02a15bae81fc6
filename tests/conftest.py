"""Tests share the machine: small tensors are quickest on one thread, and nothing may reach for the network."""

import os
import shutil
import tempfile

from hypothesis import settings

os.environ.setdefault("OMP_NUM_THREADS", "1")
# Whatever a test compiles or downloads stays out of the user's cache, and goes with the tests.
CACHE = tempfile.mkdtemp(prefix="docmarks-tests-")
os.environ["DOCMARKS_CACHE"] = CACHE

# CI tries the same examples every time; on a developer's machine new ones are drawn, and a failing one is kept. None
# has a deadline: on a busy machine it would fail what is right.
settings.register_profile("ci", derandomize=True, deadline=None)
settings.register_profile("here", deadline=None)
settings.load_profile("ci" if os.environ.get("CI") else "here")


def pytest_unconfigure():
    """Each process of the tests has a cache of its own, of up to a hundred megabytes."""
    shutil.rmtree(CACHE, ignore_errors=True)
