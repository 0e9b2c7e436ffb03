"""The back room: goods receipt, count, changes, the shelf."""
