"""What the command reads before the first page is painted: the budget of a start is spent there."""

import json
import os
import subprocess
import sys
from pathlib import Path

from tests.bench.start import first_painting

PATIENCE_S = 60
_TOLD = """
import json, sys
from ui.text import texts
names = ("app.domain.case", "app.workflow.views.case", "sqlalchemy", "cv2", "requests")
late = [name for name in names if name in sys.modules]
print(json.dumps({"sentences": texts.cache_info().currsize, "late": late}), flush=True)
"""


def test_nothing_of_the_pages_to_come_is_read_before_the_first(tmp_path: Path) -> None:
    """The sentences of the frame suffice, and nobody is served yet."""
    done = subprocess.run(
        [sys.executable, "-c", first_painting(_TOLD), str(tmp_path)],
        env=os.environ | {"QT_QPA_PLATFORM": "offscreen"},
        capture_output=True,
        text=True,
        timeout=PATIENCE_S,
        check=True,
    )
    assert json.loads(done.stdout) == {"sentences": 0, "late": []}
