"""Models of others: their files, read safely, as models of ours."""
