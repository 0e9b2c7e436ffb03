"""The hospital of the scenario: it prescribes over the same wire a foreign hospital would use."""
