"""What a person at the counter says to a reminder."""

from app.workflow.surface import Surface
from app.workflow.views.case import CaseView


def give_reasons(surface: Surface, view: CaseView) -> CaseView:
    """The first reason offered for every reminder of the sale."""
    while view.scan is not None:
        waiting = next((line for line in view.scan.lines if line.reasons), None)
        if waiting is None:
            break
        view = surface.acknowledge(view.case_id, waiting.index, waiting.reasons[0])
    return view
