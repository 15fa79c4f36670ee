"""Digests of a week: composed, shown, explained, and how people want theirs."""
