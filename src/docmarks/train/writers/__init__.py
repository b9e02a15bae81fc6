"""Where the figures of a run go: its own JSONL always, other programs on request."""
