"""Matchmaking for technology transfer: research results to incubators, projects to funds."""

__version__ = "0.1.0"
