"""A contact as a consumer would get it, and who is in which segment, from logs of an orchestrator that ran in memory.

A green run does not prove that a channel had sent it: the gate may say otherwise by then.
"""

import asyncio
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from msgspec.structs import replace

from chassis.failures import Halted
from chassis.personal_links import Link, Signer, read
from chassis.runtime.memory import HandClock, MemoryRuntime
from chassis.templates.loader import load_templates
from chassis.templates.ours import Ours
from contracts.events import AccountPlaced, PostalAddress
from contracts.ids import AddressId, ConsumerId, DebtId
from counterpoint.audit.history import MemoryHistory
from counterpoint.audit.packs import Packs
from counterpoint.audit.rendering import Basis, Disclosure, Rendered, Wanted, render
from counterpoint.audit.sorting import changes_of, count_in, tell_changes
from services.orchestrator.core.wording import Offer
from services.orchestrator.loader import DIRECTORY, load_files, load_segments, strategies_of
from services.orchestrator.service import service
from tests.unit.audit.story import ZONE_DATA, pack
from tests.unit.compliance.factories import ANA, a_phone, an_account

NOON = datetime(2026, 10, 20, 16, tzinfo=UTC)
KEY = b"a key"
OURS = Ours(
    "Counterpoint Recovery",
    "Counterpoint",
    "+1 800-555-0100",
    "PO Box 100, Springfield, IL 62701",
    "CA 10123-99",
    Signer("https://pay.example.test", KEY, 30),
)
HOME = PostalAddress(AddressId("post-1"), ("12 Oak St",), "Albany", "NY", "12207", "US")


@dataclass
class Ana:
    """Ana, an orchestrator, and the log."""

    runtime: MemoryRuntime

    @property
    def history(self) -> MemoryHistory:
        """The log as it stands."""
        return MemoryHistory(self.runtime.broker, self.runtime.codec)

    def sees(self, template: str, **more: object) -> Rendered:
        """A contact as she would get it."""
        basis = Basis(load_templates(), OURS, Packs(pack(), {}), ZONE_DATA)
        wanted = replace(Wanted(template), **more)
        return asyncio.run(render(self.history, ANA, wanted, basis, NOON))


def ana(*accounts: AccountPlaced) -> Ana:
    """Ana, with accounts that were placed this morning."""
    runtime = MemoryRuntime([service(strategies_of(load_files(DIRECTORY)))], clock=HandClock(NOON), partitions=2)
    for placed in accounts:
        runtime.publish(placed)
        asyncio.run(runtime.run())
    return Ana(runtime)


def placed(name: str = "placed", **changes: object) -> AccountPlaced:
    """An account of hers."""
    return an_account(name, NOON - timedelta(hours=3), phones=(a_phone(),), postal_addresses=(HOME,), **changes)


def test_a_text_is_shown_with_what_it_must_say_its_parts_and_its_cost() -> None:
    seen = ana(placed()).sees("welcome")
    assert (seen.channel, seen.template, seen.language, seen.refused) == ("sms", "welcome", "en", "")
    assert seen.text.startswith("Hello Ana, this is Counterpoint Recovery, a debt collector.")
    assert "$1,234.56" in seen.text
    assert (seen.parts, seen.encoding, seen.beyond_gsm) == (2, "GSM-7", "")
    assert seen.cost == Decimal("0.0166")
    assert Disclosure("optout_notice", True) in seen.disclosures
    assert all(d.said for d in seen.disclosures)


def test_language_tone_and_channel_can_be_asked_for() -> None:
    her = ana(placed())
    assert her.sees("welcome", language="es").text.startswith("Hola Ana: le escribe")
    friendly = her.sees("follow-up", tone="friendly")
    assert (friendly.template, friendly.tone) == ("follow-up-friendly", "friendly")
    mail = her.sees("welcome", channel="email")
    assert mail.subject == "A message for you from Counterpoint Recovery"
    assert "<p>Hello Ana,</p>" in mail.html
    assert "Hello Ana," in mail.text


def test_her_link_is_one_that_names_her() -> None:
    text = ana(placed()).sees("follow-up", tone="friendly").text
    (link,) = [word for word in text.split() if word.startswith("https://")]
    named = read(link.rpartition("/")[2], [KEY], NOON)
    assert isinstance(named, Link)
    assert named.consumer_id == ANA


def test_a_validation_notice_has_her_address_and_her_figures() -> None:
    seen = ana(placed()).sees("validation-notice")
    assert seen.channel == "email"
    letter = ana(placed()).sees("validation-notice", channel="letter")
    for words in ("Ana Example", "12 Oak St, Albany, NY 12207", "Total amount of the debt now: $1,234.56"):
        assert words in letter.text
    assert letter.cost == Decimal("0.90")


def test_what_the_record_does_not_have_is_said_or_given() -> None:
    her = ana(placed())
    seen = her.sees("reminder")
    assert (seen.refused, seen.text, seen.cost) == ("parameter-missing", "", None)
    assert seen.what in ("instalment", "due_on")
    given = her.sees("reminder", given={"instalment": "$50.00", "due_on": "2026-12-01", "collector": "Somebody"})
    assert "Your instalment of $50.00" in given.text
    assert "Somebody" not in given.text
    assert "$740.73" in her.sees("settlement-offer", offer=Offer(60, 30)).text


def test_a_voicemail_says_nothing_of_a_debt_and_need_not() -> None:
    seen = ana(placed()).sees("voicemail")
    assert "debt" not in seen.text
    assert seen.disclosures == (Disclosure("identify", True),)


def test_what_is_not_there_is_said() -> None:
    her = ana(placed())
    with pytest.raises(Halted, match="there is no template hello"):
        her.sees("hello")
    with pytest.raises(Halted, match="no template reminder for letter"):
        her.sees("reminder", channel="letter")
    with pytest.raises(Halted, match="remembers no consumer"):
        asyncio.run(
            render(
                her.history,
                ConsumerId("con-nobody"),
                Wanted("welcome"),
                Basis(load_templates(), OURS, Packs(pack(), {}), ZONE_DATA),
                NOON,
            )
        )


def test_consumers_are_counted_by_segment() -> None:
    her = ana(placed(), placed("second", debt_id=DebtId("debt-2"), balance=Decimal("2000.00")))
    count = asyncio.run(count_in(her.history, load_segments()))
    assert (count.consumers, count.in_none) == (1, 0)
    assert {s for s, n in count.segments.items() if n} == {"large-balance", "several-accounts"}


def test_segments_are_told_as_they_changed() -> None:
    her = ana(placed(balance=Decimal("200.00")), placed("second", debt_id=DebtId("debt-2")))
    changes = asyncio.run(changes_of(her.history, ANA))
    assert [(c.entered, c.left) for c in changes] == [
        (("small-balance",), ()),
        (("several-accounts",), ("small-balance",)),
    ]
    assert tell_changes(changes, lambda at: "noon")[1] == "  noon  entered several-accounts; left small-balance"
