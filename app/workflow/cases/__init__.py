"""What a step asks about its case: rules of the region, lines, hints, and facts already learned."""
