"""Several counters on one base: who may work as which, and who finishes what a dead one left."""
