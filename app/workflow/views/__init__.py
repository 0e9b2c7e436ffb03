"""What windows are shown: frozen snapshots, sentences as keys with parameters."""
