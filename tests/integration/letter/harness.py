"""The letter channel in a world of tests/channels.py."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from typing import Any

from msgspec.structs import replace

from chassis.addresses import address_id
from chassis.host import Assembly, Host
from contracts.events import LetterApproved
from contracts.ids import ContactId
from services.letter.service import build
from services.letter.settings import LetterSettings
from services.letter.webhooks import LOB_PATH
from tests.channels import KEY, World, a_simulator

CONSUMER = "con-" + "1" * 24
SECRET, LOB_KEY, TOKEN = "a-secret", "test_key", "a-token"
ADDRESS = "12 Oak Street\nDayton, OH 45402"
FAST = 60 * 60 * 24.0
"""A day in a second: letters take weeks."""
WORDS = {
    "full_name": "Ana Maria Ejemplo",
    "mailing_address": "12 Oak Street, Dayton, OH 45402",
    "first_name": "Ana",
    "creditor": "Harborview Bank",
    "account_last4": "1234",
    "balance": "$1,234.56",
}


@dataclass
class Letters(World):
    """One process of the letter channel, and the world around it."""

    def approve(self, **changes: Any) -> LetterApproved:
        """Approve a letter, as the gate would."""
        self.numbers += 1
        to = changes.pop("to", ADDRESS)
        approval = LetterApproved(
            meta=self.meta(changes.pop("consumer_id", CONSUMER)),
            contact_id=ContactId(f"0199f000-0000-7000-9000-{self.numbers:012x}"),
            address_id=address_id(KEY, "post", to),
            to=to,
            template_id="demand",
            language="en",
            parameters=WORDS,
            expires_at=self.now + timedelta(days=30),
        )
        approval = replace(approval, **changes)
        self.runtime.publish(approval)
        return approval


@asynccontextmanager
async def a_world(dsn: str, *, rate: float = FAST, port: int = 0, **own: object) -> AsyncIterator[Letters]:
    """A simulator and a letter channel that is not running yet; `port` is where the channel will listen."""
    simulated = {
        "lob_key": LOB_KEY,
        "lob_webhook_secret": SECRET,
        "lob_webhook_url": f"http://127.0.0.1:{port}{LOB_PATH}" if port else None,
    }
    async with a_simulator(rate, **simulated) as (simulator, url, runtime):
        given = {
            "lob_url": f"{url}/lob",
            "lob_key": LOB_KEY,
            "lob_webhook_secret": SECRET,
            "sender": "Harborview Recovery|PO Box 100|Springfield, IL 62701",
            "concurrency": 8,
            "connect_timeout": 1.0,
            "answer_timeout": 2.0,
            "retry_seconds": 1.0,
            **own,
        }
        world = Letters("letter", partial(_build, given), dsn, simulator, url, runtime)
        if port:
            world.public_url = f"http://127.0.0.1:{port}"
        yield world


async def _build(given: dict[str, object], public_url: str, host: Host) -> Assembly:
    return await build(LetterSettings.model_validate({**given, "public_url": public_url}), host)
