"""What is true at a counter: rules over values. Standard library only, no I/O, no clock."""
