"""The training table beside the page; only where the program was opened for training."""
