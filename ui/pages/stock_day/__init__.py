"""库存对账: the page, the card of the line in front, the figures and the thirty days."""
