"""The frame that never moves: bars, rail, strip, keys, and the training look."""
