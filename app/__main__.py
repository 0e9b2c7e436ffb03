"""``python -m app`` is ``yaotai``; the same program is also each of its children."""

import sys

from app.jobs.child import CAGE, SECOND_OPINION


def main() -> None:
    """One of the three; the children load nothing of the till."""
    if sys.argv[1:] == [SECOND_OPINION]:
        from devices.code.opinion_process import main as look

        sys.exit(look())
    if sys.argv[1:] == [CAGE]:
        from app.gateways.transport.caged import main as hold

        hold()
    from app.main import run

    run()


if __name__ == "__main__":
    main()
