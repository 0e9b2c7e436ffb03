"""What the person at the counter reads for a code, and whether it is fit to be read."""

import re
from collections.abc import Mapping

from app.domain.errors import Param, PlatformRejected, Trouble
from app.workflow.views.case import CaseView, Params, ScanOutcome
from ui.errors import sentences
from ui.text import error_table, placeholders

# a key is called what stands on it
_ENGLISH = re.compile(r"(?<![A-Za-z])(?!(?:Ctrl|Enter)(?![A-Za-z]))[A-Za-z]{4,}")


def read_aloud(code: int, params: Params | Mapping[str, Param] = ()) -> str:
    """Both sentences of ``code`` as shown. Fails where a fact is missing, empty or no Chinese."""
    entry = error_table()[code]
    given = {name for name, value in dict(params).items() if value not in (None, "")}
    if code // 1000 != PlatformRejected.thousands:  # a refusal brings the platform's own words
        for part in ("happened_with", "remedy_with"):
            wanted = placeholders(str(entry.get(part, "")))
            assert wanted <= given, f"{code} {part}: nobody told {sorted(wanted - given)}"
    said = sentences(code, params)
    text = said.happened + said.remedy
    assert said.happened.endswith("。")
    assert said.remedy.endswith("。")
    assert "—" not in text
    assert "{" not in text
    assert not _ENGLISH.search(text), text
    return text


def banner_says(case: CaseView) -> int:
    """The code of the banner, once its sentences have been read."""
    assert case.banner is not None, (case.step, case.phase)
    read_aloud(case.banner.code, case.banner.params)
    return case.banner.code


def scan_says(outcome: ScanOutcome) -> int:
    """The code of a refused scan, once its sentences have been read."""
    said = outcome.spoken.verdict
    assert said.key.startswith("error."), said.key
    code = int(said.key.removeprefix("error."))
    read_aloud(code, said.params)
    return code


def trouble_says(trouble: Trouble) -> int:
    """The code of a raised trouble, once its sentences have been read."""
    read_aloud(trouble.code, trouble.params)
    return int(trouble.code)
