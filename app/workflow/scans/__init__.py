"""What a scan was, which pack it names, and what people let pass."""
