"""What the centre keeps: prescriptions and their changes, seals, and what was paid."""
