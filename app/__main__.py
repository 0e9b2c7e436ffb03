"""``python -m app`` is ``yaotai``; the same program is also the child that looks at frames."""

import sys

from app.jobs.child import SECOND_OPINION


def main() -> None:
    """Either of the two; the child loads nothing of the till."""
    if sys.argv[1:] == [SECOND_OPINION]:
        from devices.code.opinion_process import main as look

        sys.exit(look())
    from app.main import run

    run()


if __name__ == "__main__":
    main()
