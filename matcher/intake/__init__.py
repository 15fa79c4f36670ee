"""Files to records and row issues."""
