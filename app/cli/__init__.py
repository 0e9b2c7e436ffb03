"""The command line: a contract (names, options, exit statuses, JSON keys). No logic of its own."""
