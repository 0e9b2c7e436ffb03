"""``INSERT … ON CONFLICT``, worded alike for every base: both kinds of base know the same words.

SQLAlchemy has one class for each dialect. This one is SQLite's, which is loaded anyway;
``localdb.postgres`` teaches the other dialect to word it.
"""

from sqlalchemy.dialects.sqlite import insert as upsert

__all__ = ["upsert"]
