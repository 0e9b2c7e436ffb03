"""What bytes mean: the core envelope, the prescription-centre envelope, and verdicts."""
