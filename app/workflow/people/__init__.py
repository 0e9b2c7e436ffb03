"""Who works here: signing in and out, the pharmacist on duty, and the proof a message carries."""
