"""Pictures and tables that show what a model does."""
