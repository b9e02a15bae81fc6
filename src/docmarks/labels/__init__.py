"""The taxonomy, and label sets as rules over it."""
