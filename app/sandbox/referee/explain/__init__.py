"""Known wrong ways to sign and encrypt, and the search for the one that was taken."""
