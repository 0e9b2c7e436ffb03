"""Schema 0001 as it was released. Never edited: a change is a new revision."""
