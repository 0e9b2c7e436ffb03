"""Memory: the encrypted base of this installation behind ``app.ports.store``."""
