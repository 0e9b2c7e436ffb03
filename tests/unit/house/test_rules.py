"""Rules of the house that no other tool checks (architecture 2, 5, 8, 18)."""

import ast
import re
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.profile.loader import load, shipped

ROOT = Path(__file__).parents[3]
ROOMS = ("app", "ui", "devices", "localdb", "resources")
PROVINCES = re.compile(
    "北京|天津|上海|重庆|河北|山西|辽宁|吉林|黑龙江|江苏|浙江|安徽|福建|江西|山东|河南|湖北|湖南|广东"
    "|海南|四川|贵州|云南|陕西|甘肃|青海|台湾|内蒙古|广西|西藏|宁夏|新疆|beijing|tianjin|shanghai"
    "|chongqing|hebei|shanxi|liaoning|jilin|heilongjiang|jiangsu|zhejiang|anhui|fujian|jiangxi"
    "|shandong|henan|hubei|hunan|guangdong|hainan|sichuan|guizhou|yunnan|shaanxi|gansu|qinghai"
    "|guangxi|xizang|ningxia|xinjiang",
    re.IGNORECASE,
)
BANNED_NAMES = re.compile(r"(?:^|_)(?:manager|helper|util|utils|handle)(?:_|$)")
LONGEST = 400


def sources(*rooms: str) -> Iterator[Path]:
    for room in rooms or ROOMS:
        yield from sorted((ROOT / room).rglob("*.py"))


def trees(*rooms: str) -> Iterator[tuple[Path, ast.Module]]:
    for path in sources(*rooms):
        yield path, ast.parse(path.read_text(encoding="utf-8"))


def docstrings(tree: ast.Module) -> set[int]:
    holders = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)
    found: set[int] = set()
    for node in ast.walk(tree):
        if isinstance(node, holders) or hasattr(node, "body"):
            body = getattr(node, "body", None)
            for statement in body if isinstance(body, list) else ():
                if isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant):
                    found.add(id(statement.value))
    return found


def spoken(tree: ast.Module) -> Iterator[str]:
    """String constants that are no docstrings, and every identifier."""
    skip = docstrings(tree)
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in skip:
            yield node.value
        elif isinstance(node, ast.Name):
            yield node.id
        elif isinstance(node, ast.FunctionDef | ast.ClassDef):
            yield node.name


def imports(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def test_no_province_is_named_in_code() -> None:
    found = [
        (str(path.relative_to(ROOT)), match.group())
        for path, tree in trees("app", "ui", "devices", "localdb")
        for text in spoken(tree)
        if (match := PROVINCES.search(text))
    ]
    assert found == []


def addresses() -> re.Pattern[str]:
    """Any number or path of any region that ships, as a word of its own."""
    known = {part.address for name in shipped() for part in load(name).profile.operations.values()}
    known |= {
        part.path for name in shipped() for part in load(name).profile.operations.values()
    } - {""}
    assert {"3505", "7207", "goodsService/goodsSell"} <= known
    either = "|".join(re.escape(word) for word in sorted(known, key=len, reverse=True))
    return re.compile(rf"(?<![0-9A-Za-z.])(?:{either})(?![0-9A-Za-z.])")


def numbers(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and type(node.value) is int:
            yield str(node.value)


COUNTED = {"error_codes.py": "codes of ours"}
"""Files whose plain numbers are something else, and what."""
KEYS = {"cert_fields_1101", "time_format_3505"}
"""Keys of a region's file that the reference names so (core-platform 12)."""


def test_no_operation_address_is_named_in_code() -> None:
    address = addresses()
    found = [
        (str(path.relative_to(ROOT)), match.group())
        for path, tree in trees("app", "ui", "devices", "localdb", "resources")
        for text in (*spoken(tree), *(() if path.name in COUNTED else numbers(tree)))
        if text not in KEYS and (match := address.search(text))
    ]
    assert found == []


def test_the_domain_uses_the_standard_library_only() -> None:
    for path, tree in trees("app/domain"):
        for name in imports(tree):
            top = name.split(".")[0]
            assert top in sys.stdlib_module_names or name.startswith("app.domain"), (path, name)


def test_view_models_never_touch_widgets() -> None:
    for path, tree in trees("ui/viewmodels"):
        for name in imports(tree):
            assert not name.startswith(("PySide6.QtWidgets", "PySide6.QtGui", "ui.widgets")), path


@pytest.mark.parametrize("room", [*ROOMS, "tests", "docs", ".ci", "."])
def test_files_stay_readable(room: str) -> None:
    folder = ROOT / room
    found = folder.glob("*.*") if room == "." else folder.rglob("*")
    long = [
        (str(path.relative_to(ROOT)), lines)
        for path in found
        if path.suffix in (".py", ".spec", ".md", ".sh", ".qss")
        and (lines := len(path.read_text(encoding="utf-8").splitlines())) > LONGEST
    ]
    assert long == []


def test_names_say_what_they_are() -> None:
    found = [
        (str(path.relative_to(ROOT)), node.name)
        for path, tree in trees()
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef | ast.ClassDef)
        and BANNED_NAMES.search(re.sub(r"(?<!^)(?=[A-Z])", "_", node.name).lower())
    ]
    assert found == []


def test_the_rules_catch_what_they_should() -> None:
    planted = ast.parse('"""上海 in a docstring is fine."""\nregion = "上海"\n')
    assert [text for text in spoken(planted) if PROVINCES.search(text)] == ["上海"]
    named = (
        'a = "3505"',
        'b = f"{base}/3505A"',
        'c = "/fsi/api/goodsService/goodsSell"',
        "d = 3505",
        "infno_7201 = 1",
        'e = "the number 7201 and more"',
    )
    address = addresses()
    for text in named:
        tree = ast.parse(text)
        assert any(address.search(word) for word in (*spoken(tree), *numbers(tree))), text
    assert not address.search("1.3505")
    assert BANNED_NAMES.search("case_manager")
    assert not BANNED_NAMES.search("manager_needed_note"[8:])
