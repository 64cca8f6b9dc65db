"""A strategy with several channels: each contact goes to an address of its own channel, and a stop ends only that one.

Green does not prove that a channel has a service: the gate refuses what nobody carries.
"""

from datetime import timedelta
from pathlib import Path
from typing import Any

from contracts.events import (
    AttemptStatus,
    Channel,
    EmailAddress,
    OptedOut,
    OptOutScope,
    PostalAddress,
    ReasonClass,
    Technology,
)
from contracts.ids import AddressId
from services.orchestrator.core.codes import Reason
from services.orchestrator.core.strategy import Strategies
from services.orchestrator.loader import DIRECTORY, StrategyFile, load_file, strategies_of
from tests.unit.compliance.factories import MOBILE, a_meta, an_account
from tests.unit.orchestrator.factories import NEW_YORK_NINE, Talk, accepted, approved, status, vetoed

EMAIL, HOME = AddressId("eml-1"), AddressId("adr-1")
MINUTE = timedelta(minutes=1)
FIRST = load_file(DIRECTORY / "first-contact.yaml").content


def several(*channels: str) -> Strategies:
    """A contact by each channel in turn, a day between them."""
    steps: list[dict[str, Any]] = []
    for n, channel in enumerate(channels):
        by_hand = {"technology": "live-manual"} if channel == "voice" else {}
        steps.append({**FIRST["steps"][0], "id": f"contact-{n}", "channel": channel, **by_hand})
        steps.append({"id": f"wait-{n}", "kind": "wait", "for": "1d"})
    reactions = {**FIRST["reactions"], "vetoed": [{"rules": ["*"], "then": "next-step"}]}
    content = {**FIRST, "id": "several", "steps": steps, "reactions": reactions}
    return strategies_of([StrategyFile(Path("several.yaml"), content, {})])


def begun(*channels: str, **changes: Any) -> Talk:
    """Ana, who has a mobile number, an e-mail address and a home."""
    talk = Talk(several(*channels))
    fields: dict[str, Any] = {
        "emails": (EmailAddress(EMAIL, "ana@example.test", None),),
        "postal_addresses": (PostalAddress(HOME, ("1 Elm St",), "New York", "NY", "10001", "US"),),
    }
    talk.tell(an_account(when=NEW_YORK_NINE, **fields | changes))
    return talk


def carried(talk: Talk) -> tuple[Channel, str]:
    """The next contact, which the provider takes on."""
    request = talk.until_asked()
    at = request.meta.occurred_at
    talk.tell(approved(request, at), accepted(request, at + MINUTE))
    return request.channel, request.address_id


def test_each_contact_goes_to_an_address_of_its_channel() -> None:
    talk = begun("letter", "sms", "email", "voice")
    assert [carried(talk) for _ in range(4)] == [
        (Channel.LETTER, HOME),
        (Channel.SMS, MOBILE),
        (Channel.EMAIL, EMAIL),
        (Channel.VOICE, MOBILE),
    ]


def test_a_call_says_who_dials() -> None:
    assert begun("voice").until_asked().technology is Technology.LIVE_MANUAL
    assert begun("sms").until_asked().technology is Technology.UNKNOWN


def test_where_a_channel_has_no_address_the_next_one_is_used() -> None:
    talk = begun("email", "sms", emails=())
    assert carried(talk) == (Channel.SMS, MOBILE)


def test_with_one_channel_and_no_address_in_it_nothing_begins() -> None:
    assert begun("email", emails=()).state.place is None


def test_stop_on_one_channel_leaves_the_others() -> None:
    talk = begun("sms", "sms", "email")
    carried(talk)
    at = talk.requests[-1].meta.occurred_at + 2 * MINUTE
    talk.tell(OptedOut(a_meta("stop", at), Channel.SMS, OptOutScope.MEDIUM, MOBILE, "keyword", at))
    assert carried(talk) == (Channel.EMAIL, EMAIL)


def test_stop_on_the_last_channel_that_was_left_ends_it() -> None:
    talk = begun("sms", "email")
    carried(talk)
    at = talk.requests[-1].meta.occurred_at + 2 * MINUTE
    for channel, address_id in ((Channel.SMS, MOBILE), (Channel.EMAIL, EMAIL)):
        talk.tell(OptedOut(a_meta(channel.value, at), channel, OptOutScope.MEDIUM, address_id, "said", at))
    assert talk.state.place is not None
    assert talk.state.place.reason == Reason.OPTED_OUT


def test_an_address_that_nothing_reaches_is_not_used_again() -> None:
    talk = begun("email", "email", "letter")
    request = talk.until_asked()
    at = request.meta.occurred_at
    bounced = status(request, at + 2 * MINUTE, AttemptStatus.FAILED, ReasonClass.PERMANENT_ADDRESS)
    talk.tell(approved(request, at), accepted(request, at + MINUTE), bounced)
    assert carried(talk) == (Channel.LETTER, HOME)


def test_what_the_gate_refuses_on_one_channel_does_not_end_the_others() -> None:
    talk = begun("sms", "letter")
    request = talk.until_asked()
    talk.tell(vetoed(request, request.meta.occurred_at, "us.consent.texts"))
    assert carried(talk) == (Channel.LETTER, HOME)
