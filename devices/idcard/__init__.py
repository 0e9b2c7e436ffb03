"""Resident ID cards over the serial SDT protocol."""
