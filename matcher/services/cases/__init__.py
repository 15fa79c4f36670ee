"""The use cases of cases (对接)."""
