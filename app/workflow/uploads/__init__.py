"""Records on their way to the platform: who carries them, what each answer leads to, who mends."""
