"""Timings on generated records; run by hand, not by the test suite."""
