"""Annotations as other tools write them: one file a format, each from and to a data set."""
