"""The stock ledger per lot and per box, and the papers of the back room."""
