"""Ways bytes take. A transport returns facts and never decides success."""
