"""How good, how fast, and against what."""
