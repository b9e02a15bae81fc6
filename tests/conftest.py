"""Tests share the machine: small tensors are quickest on one thread, and nothing may reach for the network."""

import os

os.environ.setdefault("OMP_NUM_THREADS", "1")
