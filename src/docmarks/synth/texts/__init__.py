"""What is written and printed: words, names, dates."""
