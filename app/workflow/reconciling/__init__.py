"""Day's end: our books beside the platform's, each difference with its cause, then the sign-out."""
