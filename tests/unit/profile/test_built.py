"""A switch this program cannot follow refuses to load and says which one it is."""

from pathlib import Path

import pytest

from app.domain.errors import Code, LocalTrouble
from app.profile.built import FOLLOWED
from app.profile.loader import load, profile_folder, shipped

LIVE = [name for name in shipped() if name not in ("national", "training")]


def refusal(tmp_path: Path, text: str, base: str = "national") -> str:
    for entry in profile_folder().iterdir():
        if entry.suffix == ".toml":
            (tmp_path / entry.name).write_text(entry.read_text("utf-8"), "utf-8")
    own = f'id = "mine"\nname = "m"\nextends = "{base}"\n{text}'
    (tmp_path / "mine.toml").write_text(own, "utf-8")
    with pytest.raises(LocalTrouble) as refused:
        load("mine", folder=tmp_path)
    assert refused.value.code is Code.PROFILE_INVALID
    assert refused.value.params["profile"] == "mine"
    return str(refused.value.params["what"])


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("rxcentre.epc_generation", '"2021"'),
        ("rxcentre.epc_dise_shape", '"object"'),
        ("voucher.token_reuse", '"per_call"'),
        ("scanning.scan_gap_ms", "51"),
        ("scanning.scan_min_len", "7"),
        ("scanning.scan_idle_ms", "81"),
        ("scanning.camera_decoders", '["zxing"]'),
    ],
)
def test_what_nobody_built_is_refused_by_name(tmp_path: Path, key: str, value: str) -> None:
    part, _, name = key.partition(".")
    what = refusal(tmp_path, f"[{part}]\n{name} = {value}\n")
    assert what.startswith(f"{key}: ")
    assert what.endswith("is not built")


@pytest.mark.parametrize("key", FOLLOWED)
def test_every_named_switch_is_there(key: str) -> None:
    part, _, name = key.partition(".")
    assert getattr(getattr(load("national").profile, part), name) in FOLLOWED[key]


def test_the_channel_needs_its_operations(tmp_path: Path) -> None:
    text = '[rules]\nsale_channel = "centre"\n[operations.upload_rx_sale]\nenabled = false\n'
    what = refusal(tmp_path, text)
    assert what == "operations.upload_rx_sale: rules.sale_channel needs it"


def test_two_neighbours_need_the_operations_of_the_second(tmp_path: Path) -> None:
    text = '[rules]\nsale_channel = "both"\n[operations.undo_rx_sale]\nenabled = false\n'
    what = refusal(tmp_path, text)
    assert what == "operations.undo_rx_sale: rules.sale_channel needs it"


def test_one_before_and_one_after_are_two(tmp_path: Path) -> None:
    what = refusal(tmp_path, '[rules]\nsale_upload_order = "both"\n')
    assert what.startswith("rules.sale_upload_order: ")


def test_two_neighbours_hear_of_no_sale_that_another_product_settles(tmp_path: Path) -> None:
    steps = ["identify", "scan", "upload_sale", "settle", "hand_over"]
    routes = f"[routes]\nprescription = {steps}\ninsured_counter = {steps}\n"
    text = f'{routes}[settle]\nmode = "external"\n[rules]\nsale_channel = "both"\n'
    what = refusal(tmp_path, text)
    assert what.startswith("rules.sale_channel: ")


def test_one_rule_says_what_an_unknown_sale_means(tmp_path: Path) -> None:
    # the base asks the core platform's trail, which knows nothing of what the centre was told
    what = refusal(tmp_path, '[rules]\nsale_channel = "centre"\n')
    assert what == "operations.upload_rx_sale.on_unknown: not that of upload_sale"


def test_the_order_is_that_of_the_routes(tmp_path: Path) -> None:
    steps = ("identify", "scan", "presettle", "settle", "hand_over")
    listed = ", ".join(f'"{step}"' for step in steps)
    what = refusal(tmp_path, f"[routes]\ninsured_counter = [{listed}]\n")
    assert what == "routes.insured_counter: not the order of rules.sale_upload_order"


def test_who_settles_elsewhere_asks_for_no_split(tmp_path: Path) -> None:
    what = refusal(tmp_path, '[settle]\nmode = "external"\n')
    assert what == "routes.prescription: presettle where another product settles"


def test_half_a_generation_is_a_slip(tmp_path: Path) -> None:
    what = refusal(tmp_path, '[rxcentre]\nepc_channel = "fsi"\n')
    assert what.startswith("rxcentre.epc_generation: ")


def test_a_password_is_asked_under_a_name(tmp_path: Path) -> None:
    what = refusal(tmp_path, '[voucher]\npassword_mode = "token_after_password"\n')
    assert what == "voucher.password_trans_type: empty"


@pytest.mark.parametrize("name", LIVE)
def test_a_live_region_loads_alone_and_under_training(name: str) -> None:
    alone, trained = load(name).profile, load(name, "training").profile
    assert alone.id == trained.id == name
    assert trained.rules == alone.rules
    assert trained.voucher.password_mode == alone.voucher.password_mode


def test_the_nine_interfaces_of_the_pharmacy() -> None:
    """S1, list of the interfaces a pharmacy builds."""
    region = load("shanghai").profile
    found = [part.address for part in region.operations.values() if part.source.startswith("S1 (")]
    numbers = ["7201", "7204", "7205", "7206", "7207", "7208", "7209", "7210", "7211"]
    assert sorted(found) == numbers


@pytest.mark.parametrize("operation", ["presettle", "settle", "revoke_settlement"])
def test_a_path_of_its_own_for_whatever_moves_money(tmp_path: Path, operation: str) -> None:
    paths = "".join(
        f'[operations.{name}]\npath = "a/{name}"\n'
        for name in ("presettle", "settle", "revoke_settlement")
        if name != operation
    )
    what = refusal(tmp_path, f'[core]\npath_mode = "per_service"\n{paths}')
    assert what == f"operations.{operation}.path: core.path_mode needs it"


def test_half_a_generation_of_the_hybrid_is_a_slip(tmp_path: Path) -> None:
    what = refusal(tmp_path, '[rxcentre]\nepc_generation = "hybrid"\n')
    assert what == "rxcentre.epc_generation: not the one of epc_channel and epc_field_case"
