"""One file per step of a case."""
