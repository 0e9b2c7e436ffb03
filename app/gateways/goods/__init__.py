"""The core platform's books of goods and its catalogues."""
