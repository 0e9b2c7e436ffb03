"""The back room: what comes in, what is counted and changed, and the ledger behind it."""
