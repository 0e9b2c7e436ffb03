"""Days of a back room that never were: honest ones, and some in which the books are spoiled."""
