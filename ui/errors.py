"""What happened and what to do, for every code (``resources/errors``)."""
