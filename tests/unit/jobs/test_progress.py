from app.jobs.progress import Progress, no_report


def test_nobody_needs_to_watch() -> None:
    no_report(Progress("s"))
