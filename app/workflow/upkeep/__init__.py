"""Keeping an installation fit: what a PC has to have, and what to do where it has not."""
