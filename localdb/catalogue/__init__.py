"""The local catalogue: an encrypted file of its own beside the base (decision 0029)."""
