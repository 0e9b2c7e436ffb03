"""Lanes, progress, cancelling, changes, child processes. No Qt."""
