"""``python -m app`` is ``yaotai``."""

from app.main import run

if __name__ == "__main__":
    run()
