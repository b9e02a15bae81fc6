"""A hand and its pen: strokes, letters, and how they become pixels."""
