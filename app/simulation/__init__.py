"""Shop days that never were: the real program on played time, chance and trouble.

The second place, beside ``app.main``, that sees every door: it furnishes a shop for each seed.
"""
