"""配送: goods of a finished sale that somebody carries to the insured (S1 (13), (14))."""
