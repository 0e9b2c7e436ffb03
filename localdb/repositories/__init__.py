"""One repository per subject, all on the connection of one open unit."""
