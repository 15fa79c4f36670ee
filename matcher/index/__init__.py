"""Vectors and words to hits, with an explicit id map."""
