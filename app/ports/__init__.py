"""What the inside asks of its doors: protocols and the values that cross them."""
