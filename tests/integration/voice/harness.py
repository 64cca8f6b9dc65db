"""The telephone channel in a world of tests/channels.py."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from functools import partial
from typing import Any

from msgspec.structs import replace

from chassis.addresses import address_id
from chassis.host import Assembly, Host
from contracts.events import (
    AccountPlaced,
    AttemptStatus,
    AttemptStatusChanged,
    CallApproved,
    Channel,
    ConsumerProfileChanged,
    DebtType,
    Itemization,
    ItemizationBasis,
    Meta,
    PersonName,
    PhoneAddress,
    PlacementFlags,
    PostalAddress,
    ProfileAccount,
    Technology,
)
from contracts.ids import BatchId, ClientId, ConsumerId, ContactId, DebtId, PlacementId
from counterpoint.providers.ledger import Entry
from services.voice.service import build
from services.voice.settings import VoiceSettings
from services.voice.webhooks import INBOUND_PATH
from tests.channels import KEY, World, a_simulator, until

CONSUMER = ConsumerId("con-" + "1" * 24)
SID, TOKEN = "AC" + "5" * 32, "a-token"
OURS, THEIRS, AGENT = "+18005550100", "+12025550123", "+18005550199"
BORN = "07041980"
FAST = 600.0
"""Ten minutes in a second: a call is over in an instant."""
CONDITIONS = ("identify", "announce_recording", "disclose_initial", "disclose_debt_collector")


@dataclass
class Calls(World):
    """One process of the telephone channel, and the world around it."""

    async def know(self, number: str = THEIRS, consumer_id: ConsumerId = CONSUMER, **changes: Any) -> None:
        """Place a consumer at a number, and say what is owed."""
        self.numbers += 1
        self.runtime.publish(replace(a_placement(self.meta(consumer_id), number), **changes))
        self.numbers += 1
        owed = Decimal("1234.56")
        account = ProfileAccount(DebtId("debt-1"), "Harborview Bank", "1234", owed, "USD", None, "open", None)
        self.runtime.publish(a_profile(self.meta(consumer_id), account))
        await self.runtime.run()

    def approve(self, to: str = THEIRS, **changes: Any) -> CallApproved:
        """Approve a call, as the gate would."""
        self.numbers += 1
        approval = CallApproved(
            meta=self.meta(changes.pop("consumer_id", CONSUMER)),
            contact_id=ContactId(f"0199f000-0000-7000-9000-{self.numbers:012x}"),
            address_id=address_id(KEY, "tel", to),
            to=to,
            template_id="greeting",
            language="en",
            parameters={"full_name": "Ana Ejemplo"},
            expires_at=self.now + timedelta(hours=4),
            conditions=CONDITIONS,
            technology=Technology.PRERECORDED,
        )
        approval = replace(approval, **changes)
        self.runtime.publish(approval)
        return approval

    async def sits(self, *says: str, number: str = THEIRS, **callee: Any) -> None:
        """Say who picks up, and what is pressed and said."""
        await self.control("callees", {"number": number, "callee": {"says": says, **callee}})

    async def rings(self, *says: str, number: str = THEIRS) -> None:
        """Let a consumer call us."""
        await self.control("call", {"from": number, "to": OURS, "says": says})

    async def ended(self, number: int = 1) -> Sequence[Entry]:
        """So many calls, at their end."""
        await until(lambda: len(self.simulator.ledger.after(0, 100)) >= number)
        assert not self.simulator.voice.exchange.faults
        return self.simulator.ledger.after(0, 100)

    def statuses(self) -> list[AttemptStatus]:
        """How far calls came, in order."""
        return [e.status for e in self.events(AttemptStatusChanged)]


def a_placement(meta: Meta, number: str) -> AccountPlaced:
    """An account of a consumer at a number."""
    amount, nothing = Decimal("1234.56"), Decimal("0.00")
    home = PostalAddress(address_id(KEY, "post", "12 Oak Street"), ("12 Oak Street",), "Dayton", "OH", "45402", "US")
    return AccountPlaced(
        meta=meta,
        placement_id=PlacementId("pla-1"),
        batch_id=BatchId("bat-1"),
        row_number=1,
        client_id=ClientId("acme"),
        debt_id=DebtId("debt-1"),
        client_account_number="A-1",
        account_last4="1234",
        placement_sequence=1,
        debt_type=DebtType.CARD,
        original_creditor="Harborview Bank",
        current_creditor="Harborview Bank",
        currency="USD",
        balance=amount,
        itemization=Itemization(
            date(2026, 1, 1), ItemizationBasis.CHARGE_OFF, amount, nothing, nothing, nothing, nothing
        ),
        delinquent_on=None,
        charged_off_on=None,
        name=PersonName("Ana", None, "Ejemplo", None),
        born_on=date(1980, 7, 4),
        ssn_hash=None,
        language="en",
        postal_addresses=(home,),
        phones=(PhoneAddress(address_id(KEY, "tel", number), number, "mobile", True),),
        emails=(),
        zones=(),
        flags=PlacementFlags(),
    )


def a_profile(meta: Any, *accounts: ProfileAccount) -> ConsumerProfileChanged:
    """A consumer's record, with nothing in it but what is owed."""
    return ConsumerProfileChanged(
        meta=meta,
        first_name="Ana",
        language="en",
        zones=(),
        accounts=accounts,
        addresses=(),
        restrictions=(),
        refused=(),
        preferred_channel=Channel.UNKNOWN,
        preferred_hours="",
        risk=None,
        arrangements=(),
        place=None,
        interrupted=(),
        next_at=None,
        contacts=(),
        contacts_before=0,
        statements=(),
        replied_at=None,
        segments=(),
    )


@asynccontextmanager
async def a_world(dsn: str, *, rate: float = FAST, port: int = 0, **own: object) -> AsyncIterator[Calls]:
    """A simulator and a telephone channel that is not running yet; `port` is where the channel will listen."""
    simulated = {
        "account_sid": SID,
        "auth_token": TOKEN,
        "voice_url": f"http://127.0.0.1:{port}{INBOUND_PATH}" if port else None,
    }
    async with a_simulator(rate, **simulated) as (simulator, url, runtime):
        given = {
            "twilio_url": f"{url}/twilio",
            "account_sid": SID,
            "auth_token": TOKEN,
            "from_number": OURS,
            "agent_number": AGENT,
            "concurrency": 8,
            "connect_timeout": 1.0,
            "answer_timeout": 2.0,
            "retry_seconds": 1.0,
            "calls_per_second": 1000.0,
            **own,
        }
        world = Calls("voice", partial(_build, given), dsn, simulator, url, runtime)
        if port:
            world.public_url = f"http://127.0.0.1:{port}"
        yield world


async def _build(given: dict[str, object], public_url: str, host: Host) -> Assembly:
    return await build(VoiceSettings.model_validate({**given, "public_url": public_url}), host)
