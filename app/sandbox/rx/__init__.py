"""The prescription centre of the stand-in: its own envelope, rules, and both sides' addresses."""
