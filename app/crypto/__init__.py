"""Encrypts, signs, digests, redacts: bytes in, bytes out. The only room that imports ciphers."""
