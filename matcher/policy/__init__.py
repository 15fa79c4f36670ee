"""Rules as data to verdicts."""
