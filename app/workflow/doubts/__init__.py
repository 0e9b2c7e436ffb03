"""What is not known about a visit: asked of the platform, decided by a named person, listed."""
