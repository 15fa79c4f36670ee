"""Text to vectors: the default model, its cache, and a fast deterministic stand-in."""
