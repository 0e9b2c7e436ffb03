"""Libraries of our own C sources, compiled for a test run."""

import shutil
import subprocess
import tempfile
from functools import cache
from pathlib import Path

VENDOR = Path(__file__).with_name("vendor")


@cache
def shared_object(name: str) -> Path:
    """``vendor/NAME.c`` as a library, compiled once per run with the system's compiler."""
    made = Path(tempfile.mkdtemp(prefix=f"{name}-")) / f"{name}.so"
    compiler = shutil.which("cc") or shutil.which("gcc")
    assert compiler, "no C compiler: dev.py installs gcc and libc6-dev"
    source = VENDOR / f"{name}.c"
    subprocess.run([compiler, "-shared", "-fPIC", "-O1", "-o", made, source], check=True)
    return made
