"""Candidates, evidence, score, explanation: the ranking that every page, call and mail uses."""
