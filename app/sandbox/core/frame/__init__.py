"""What every message of the core platform goes through before and after its operation."""
