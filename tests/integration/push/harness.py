"""The push channel in a world of tests/channels.py, with simulated browsers."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from typing import Any

import httpx
from msgspec.structs import replace

from chassis.addresses import address_id
from chassis.host import Assembly, Host
from contracts.events import PushApproved
from contracts.ids import ContactId
from counterpoint.providers.push.browsers import Browser, Notice
from counterpoint.providers.push.vapid import public_key, vapid_key
from services.push.service import build
from services.push.settings import PushSettings
from tests.channels import KEY, World, a_simulator

CONSUMER = "con-" + "1" * 24
VAPID, TOKEN = vapid_key("a test"), "a-token"
HOUR = 3600.0
"""An hour in a second."""


@dataclass
class Pushes(World):
    """One process of the push channel, and the world around it."""

    def browser(self, sender: str = public_key(VAPID)) -> Browser:
        """A browser that takes notifications."""
        return self.simulator.push.browsers.new(self.simulator_url, sender)

    @property
    def notices(self) -> list[Notice]:
        """All that push services have taken on."""
        return self.simulator.push.browsers.every

    def approve(self, browser: Browser | None = None, **changes: Any) -> PushApproved:
        """Approve a notification, as the gate would."""
        self.numbers += 1
        made = f"{int(self.now.timestamp() * 1000):012x}"  # links are as old as their contact says
        to = changes.pop("to", None) or (browser or self.browser()).address
        approval = PushApproved(
            meta=self.meta(changes.pop("consumer_id", CONSUMER)),
            contact_id=ContactId(f"{made[:8]}-{made[8:]}-7000-9000-{self.numbers:012x}"),
            address_id=address_id(KEY, "push", to),
            to=to,
            template_id="new-message",
            language="en",
            parameters={},
            expires_at=self.now + timedelta(hours=8),
            conditions=("optout_notice",),
        )
        approval = replace(approval, **changes)
        self.runtime.publish(approval)
        return approval

    async def subscribe(self, client: httpx.AsyncClient, browser: Browser, **changes: Any) -> httpx.Response:
        """Hand a subscription over, as the portal does."""
        said = {"consumer_id": CONSUMER, "subscription": browser.subscription} | changes
        return await client.post("/subscriptions", json=said, headers={"Authorization": f"Bearer {TOKEN}"})

    async def tap(self, browser: Browser, button: str = "") -> str:
        """Tap what a browser shows; where that leads."""
        async with httpx.AsyncClient(base_url=self.simulator_url, trust_env=False) as client:
            answer = await client.post(f"/_sim/browsers/{browser.id}/tap", json={"button": button})
        return str(answer.json()["leads_to"])


@asynccontextmanager
async def a_world(dsn: str, *, rate: float = HOUR / 6, **own: object) -> AsyncIterator[Pushes]:
    """A simulator and a push channel that is not running yet."""
    async with a_simulator(rate) as (simulator, url, runtime):
        given = {
            "services": url,
            "vapid_key": VAPID,
            "vapid_contact": "mailto:accounts@collector.example.test",
            "portal_token": TOKEN,
            "concurrency": 8,
            "connect_timeout": 1.0,
            "answer_timeout": 2.0,
            "retry_seconds": 1.0,
            **own,
        }
        yield Pushes("push", partial(_build, given), dsn, simulator, url, runtime)


async def _build(given: dict[str, object], public_url: str, host: Host) -> Assembly:
    return await build(PushSettings.model_validate({**given, "public_url": public_url}), host)
