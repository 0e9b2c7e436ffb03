"""A platform of the training region whose every address is one scripted server."""

from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from app.gateways.assemble import OpenPlatform, open_platform
from app.ports.messages import Committed
from app.profile.model import Profile
from tests.support.platform_parts import SteadyClock, access, sender, stamp, training
from tests.support.scripted_server import ScriptedServer


@dataclass
class Counter:
    """One store talking to one scripted peer."""

    server: ScriptedServer
    platform: OpenPlatform
    profile: Profile

    def core(self, request: object) -> Committed[object]:
        return Committed(1, self.platform.core.compose(request, sender(), stamp()))

    def goods(self, request: object) -> Committed[object]:
        return Committed(1, self.platform.goods.compose(request, sender(), stamp()))

    def catalogue(self, request: object) -> Committed[object]:
        return Committed(1, self.platform.catalogue.compose(request, sender(), stamp()))

    def insurance(self, request: object) -> Committed[object]:
        return Committed(1, self.platform.insurance.compose(request, sender(), stamp()))

    def centre(self, request: object) -> Committed[object]:
        return Committed(1, self.platform.rxcentre.compose(request, sender(), stamp()))

    def voucher(self, request: object) -> Committed[object]:
        return Committed(1, self.platform.voucher.compose(request, sender(), stamp()))


@pytest.fixture
def server() -> Iterator[ScriptedServer]:
    with ScriptedServer() as running:
        yield running


@pytest.fixture
def open_counter(server: ScriptedServer) -> Iterator[object]:
    opened: list[OpenPlatform] = []

    def open_one(profile: Profile | None = None) -> Counter:
        region = profile or training()
        platform = open_platform(region, access(server.url), SteadyClock())
        opened.append(platform)
        return Counter(server, platform, region)

    yield open_one
    for platform in opened:
        platform.close()


@pytest.fixture
def counter(open_counter) -> Counter:
    return open_counter()
