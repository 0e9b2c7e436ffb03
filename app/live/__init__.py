"""A live store: its settings, its keys, its province. Loaded only where somebody asks for it."""
