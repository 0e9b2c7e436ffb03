"""The way back: goods, money, and the sale of a finished visit; doubts decided by a person."""
