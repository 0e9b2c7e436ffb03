"""Presettlement, settlement, undo and the daily statement."""
