"""Social-security cards over PC/SC and in process."""
