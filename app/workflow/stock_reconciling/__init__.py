"""Daily stock reconciliation: both books side by side, each difference with its missing call."""
