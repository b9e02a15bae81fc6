"""Tests share the machine: small tensors are quickest on one thread, and nothing may reach for the network."""

import os
import tempfile

os.environ.setdefault("OMP_NUM_THREADS", "1")
# Whatever a test compiles or downloads stays out of the user's cache.
os.environ["DOCMARKS_CACHE"] = tempfile.mkdtemp(prefix="docmarks-tests-")
