"""Tests share the machine: small tensors are quickest on one thread, and nothing may reach for the network."""

import os
import tempfile

from hypothesis import settings

os.environ.setdefault("OMP_NUM_THREADS", "1")
# Whatever a test compiles or downloads stays out of the user's cache.
os.environ["DOCMARKS_CACHE"] = tempfile.mkdtemp(prefix="docmarks-tests-")

# CI tries the same examples every time; on a developer's machine new ones are drawn, and a failing one is kept. None
# has a deadline: on a busy machine it would fail what is right.
settings.register_profile("ci", derandomize=True, deadline=None)
settings.register_profile("here", deadline=None)
settings.load_profile("ci" if os.environ.get("CI") else "here")
