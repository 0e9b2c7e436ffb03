"""Where a live store's base lies: a file of its own, or the store's server over a checked line."""

from pathlib import Path

import pytest

from app.domain.errors import Code, LocalTrouble
from app.live.database import shown, url_of, with_password
from tests.support.live_parts import WHOLE, installed

SERVER = "postgresql+psycopg://counter03@store-server/yaotai"


def url_written(tmp_path: Path, url: str, ca: str = "root.pem") -> str:
    text = f'{WHOLE}\n[database]\nurl = "{url}"\nca = "{ca}"\n'
    return url_of(installed(tmp_path, text))


def test_without_an_address_the_counter_keeps_its_own_file(tmp_path: Path) -> None:
    assert url_of(installed(tmp_path)) == ""


def test_the_certificate_of_the_server_is_always_checked_against_its_name(tmp_path: Path) -> None:
    url = url_written(tmp_path, SERVER)
    assert url.startswith(f"{SERVER}?sslmode=verify-full&sslrootcert=")
    assert url.endswith("root.pem")
    assert shown(url) == "store-server/yaotai"


def test_a_socket_of_this_machine_needs_no_certificate(tmp_path: Path) -> None:
    for url in (
        "postgresql+psycopg:///yaotai",
        "postgresql+psycopg:///yaotai?host=/run/postgresql&user=counter03",
        "postgresql+psycopg://counter03@/yaotai?host=/run/postgresql",
    ):
        assert url_written(tmp_path, url, "") == url


@pytest.mark.parametrize(
    ("url", "ca", "code"),
    [
        ("postgresql+psycopg://u:S3@h/b", "root.pem", Code.BASE_PASSWORD_WRITTEN),
        ("postgresql+psycopg://u:@h/b", "root.pem", Code.BASE_PASSWORD_WRITTEN),
        ("postgresql+psycopg://u@h/b?password=S3", "root.pem", Code.BASE_PASSWORD_WRITTEN),
        ("postgresql+psycopg://u@h/b?passfile=/S3", "root.pem", Code.BASE_PASSWORD_WRITTEN),
        (SERVER, "", Code.SETTINGS_LACK),
        (SERVER, "gone.pem", Code.SETTINGS_FILE_MISSING),
        ("postgresql+psycopg://u@h/b?sslmode=disable", "root.pem", Code.SETTINGS_WRONG),
        ("postgresql+psycopg:///b?host=far", "root.pem", Code.SETTINGS_WRONG),
        ("postgresql+psycopg:///b?host=/run&sslmode=x", "root.pem", Code.SETTINGS_WRONG),
        ("postgresql+psycopg://h/", "root.pem", Code.SETTINGS_WRONG),
        ("postgresql+psycopg://h:x/b", "root.pem", Code.SETTINGS_WRONG),
        ("mysql://h/b", "root.pem", Code.SETTINGS_WRONG),
        ("sqlite:///b", "root.pem", Code.SETTINGS_WRONG),
    ],
)
def test_what_cannot_be_or_would_be_less_safe_is_refused_without_repeating_it(
    tmp_path: Path, url: str, ca: str, code: Code
) -> None:
    with pytest.raises(LocalTrouble) as told:
        url_written(tmp_path, url, ca)
    assert told.value.code is code
    assert "S3" not in repr(told.value.params)


def test_the_password_comes_from_the_keys_and_is_told_by_nothing() -> None:
    whole = with_password(SERVER, "S3/cret@")
    assert whole == "postgresql+psycopg://counter03:S3%2Fcret%40@store-server/yaotai"
    assert with_password(SERVER, "") == SERVER
    assert shown(whole) == shown(SERVER)
