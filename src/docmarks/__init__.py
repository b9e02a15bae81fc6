"""docmarks finds the marks people leave on documents."""

__version__ = "0.1.0"
