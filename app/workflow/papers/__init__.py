"""Receipt, prescription print and waiting slip: the row first, then paper."""

from app.workflow.papers.printing import print_case, print_waiting, reprint, waiting_slip

__all__ = ["print_case", "print_waiting", "reprint", "waiting_slip"]
