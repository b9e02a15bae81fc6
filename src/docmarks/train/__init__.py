"""Training: configuration, crops, loop, checkpoints."""
