"""Records to passages; text to bigrams and words."""
