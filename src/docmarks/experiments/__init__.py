"""Recipes: the configurations behind what ships and what is published."""
