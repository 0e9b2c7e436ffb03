"""Rows to domain values and back. Names and numbers of people are sealed once more on the way."""
