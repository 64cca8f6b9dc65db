"""The text channel in a world of tests/channels.py."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from typing import Any

from msgspec.structs import replace

from chassis.addresses import address_id
from chassis.host import Assembly, Host
from contracts.events import Channel, TextApproved
from contracts.ids import ContactId
from services.sms.service import build
from services.sms.settings import SmsSettings
from tests.channels import KEY, World, a_simulator, until

__all__ = ["ACCOUNT", "KEY", "OURS", "PHONE", "TOKEN", "Sms", "a_world", "until"]

ACCOUNT, TOKEN, OURS = "AC" + "5" * 32, "a-token", "+12125550199"
PHONE = "+13125550101"


@dataclass
class Sms(World):
    """One process of the text channel, and the world around it."""

    def approve(self, **changes: Any) -> TextApproved:
        """Approve a text, as the gate would."""
        self.numbers += 1
        to = changes.pop("to", PHONE)
        approval = TextApproved(
            meta=self.meta(changes.pop("consumer_id", "con-1")),
            contact_id=ContactId(f"contact-{self.numbers}"),
            address_id=address_id(KEY, "tel", to),
            to=to,
            template_id="welcome",
            language="en",
            parameters={"first_name": "Ana", "creditor": "Bank", "account_last4": "1234", "balance": "$1,234.56"},
            expires_at=self.now + timedelta(hours=8),
        )
        approval = replace(approval, **changes)
        self.runtime.publish(approval)
        return approval

    def suppress(self, to: str, *, active: bool, consumer_id: str = "con-1") -> None:
        """Bar a number or let it go, as the gate would."""
        self.bar(Channel.SMS, "tel", to, active=active, consumer_id=consumer_id)

    def received(self, kind: str = "text") -> list[Any]:
        """What phones received from us."""
        return super().received(kind)


@asynccontextmanager
async def a_world(dsn: str, *, rate: float = 600.0, **own: object) -> AsyncIterator[Sms]:
    """A simulator and a text channel that is not running yet."""
    async with a_simulator(rate, account_sid=ACCOUNT, auth_token=TOKEN) as (simulator, url, runtime):
        given = {
            "twilio_url": f"{url}/twilio",
            "lookup_url": f"{url}/twilio",
            "account_sid": ACCOUNT,
            "auth_token": TOKEN,
            "from_numbers": OURS,
            "concurrency": 8,
            "connect_timeout": 0.5,
            "answer_timeout": 0.5,
            "retry_seconds": 1.0,
            **own,
        }
        yield Sms("sms", partial(_build, given), dsn, simulator, url, runtime)


async def _build(given: dict[str, object], public_url: str, host: Host) -> Assembly:
    return await build(SmsSettings.model_validate({**given, "public_url": public_url}), host)
