"""The e-mail channel in a world of tests/channels.py."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from typing import Any

from msgspec.structs import replace

from chassis.addresses import address_id
from chassis.host import Assembly, Host
from contracts.events import AccountPlaced, EmailApproved
from contracts.ids import ContactId
from counterpoint.embedded.processes import free_ports
from counterpoint.providers.mail.events import public_key
from services.email.service import build
from services.email.settings import EmailSettings
from tests.channels import KEY, World, a_simulator
from tests.examples import examples

CONSUMER = "con-" + "1" * 24
SECRET, API_KEY, TOKEN = "a-secret", "SG.a-key", "an-inbound-token"
ADDRESS = "ana.silent@mail.example.test"
WORDS = {"first_name": "Ana", "creditor": "Harborview Bank", "account_last4": "1234", "balance": "$1,234.56"}
RATE = 600.0
"""Ten minutes in a second."""


@dataclass
class Emails(World):
    """One process of the e-mail channel, and the world around it."""

    def approve(self, **changes: Any) -> EmailApproved:
        """Approve an e-mail, as the gate would."""
        self.numbers += 1
        to = changes.pop("to", ADDRESS)
        millis = int(self.now.timestamp() * 1000)
        digits = f"{millis:012x}"
        approval = EmailApproved(
            meta=self.meta(changes.pop("consumer_id", CONSUMER)),
            contact_id=ContactId(f"{digits[:8]}-{digits[8:]}-7000-9000-{self.numbers:012x}"),
            address_id=address_id(KEY, "mail", to),
            to=to,
            template_id="welcome",
            language="en",
            parameters=WORDS,
            expires_at=self.now + timedelta(days=2),
        )
        approval = replace(approval, **changes)
        self.runtime.publish(approval)
        return approval

    def place(self, *addresses: str, consumer_id: str = CONSUMER) -> None:
        """Place a consumer with these addresses, as ingest would."""
        self.numbers += 1
        placed: Any = next(e for e in examples(AccountPlaced).values() if getattr(e, "emails", ()))
        emails = tuple(replace(placed.emails[0], address_id=address_id(KEY, "mail", a), address=a) for a in addresses)
        self.runtime.publish(replace(placed, meta=self.meta(consumer_id), emails=emails))

    @property
    def mails(self) -> list[Any]:
        """What providers took on."""
        return self.simulator.post.mails.everything


@asynccontextmanager
async def a_world(dsn: str, *, rate: float = RATE, **own: object) -> AsyncIterator[Emails]:
    """A simulator and an e-mail channel that is not running yet."""
    port, mail_in, mail_out = free_ports(3)
    here = f"http://127.0.0.1:{port}"
    simulated = {
        "sendgrid_key": API_KEY,
        "sendgrid_event_secret": SECRET,
        "sendgrid_event_url": f"{here}/sendgrid/events",
        "smtp_port": mail_out,
        "mail_server": f"127.0.0.1:{mail_in}",
    }
    async with a_simulator(rate, **simulated) as (simulator, url, runtime):
        given = {
            "providers": "sendgrid",
            "sendgrid_url": f"{url}/sendgrid",
            "sendgrid_key": API_KEY,
            "event_keys": public_key(SECRET),
            "inbound_token": TOKEN,
            "inbound_smtp_port": mail_in,
            "smtp_host": "127.0.0.1",
            "smtp_port": mail_out,
            "smtp_encryption": "none",
            "from_address": "accounts@collector.example.test",
            "concurrency": 8,
            "connect_timeout": 1.0,
            "answer_timeout": 1.0,
            "retry_seconds": 1.0,
            **own,
        }
        world = Emails("email", partial(_build, given), dsn, simulator, url, runtime)
        world.public_url = here
        yield world


async def _build(given: dict[str, object], public_url: str, host: Host) -> Assembly:
    return await build(EmailSettings.model_validate({**given, "public_url": public_url}), host)
