"""The rules and what follows from them, a module for each question."""
