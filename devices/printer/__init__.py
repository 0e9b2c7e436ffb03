"""Paper to PDF, to the system queue, to ESC/POS bytes."""
