"""Our words to wire words and back, one module per part of the counter."""
