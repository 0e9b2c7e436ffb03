"""One function per intention, called by the window and the command line alike."""
