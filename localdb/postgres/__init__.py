"""The base of a store with several counters, on the store's own PostgreSQL (decision 0061)."""
