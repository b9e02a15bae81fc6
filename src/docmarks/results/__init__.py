"""What `docmarks detect` writes: one schema, one file a format."""
