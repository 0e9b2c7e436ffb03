"""Projection of a case into what its page shows. Reads only."""

from app.workflow.show.case import view_of
from app.workflow.show.desk import desk_of

__all__ = ["desk_of", "view_of"]
