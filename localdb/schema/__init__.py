"""Tables, and the rules the base itself enforces (architecture 12, reliability 3)."""
