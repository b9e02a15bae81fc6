"""Faster R-CNN with a Feature Pyramid Network: tensors in, tensors out; no files, no pages."""
