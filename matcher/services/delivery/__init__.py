"""Digests on their way to people: written as letters, handed over once, answered without signing in."""
