"""Where an installation lives on this machine."""

import os
from pathlib import Path


def default_folder() -> Path:
    """Where this user's training base lives when nobody says otherwise."""
    if os.name == "nt":
        base = os.environ.get("LOCALAPPDATA") or str(Path.home())
    else:
        base = os.environ.get("XDG_DATA_HOME") or str(Path.home() / ".local" / "share")
    return Path(base) / "yaotai"
