"""A message against the field tables."""
