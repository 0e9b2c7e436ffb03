"""Stock, purchase and sale as the platform records them."""
