"""What follows for the gate from what consumers write. A green run does not prove that the words are read right."""

from datetime import UTC, datetime

import pytest

from chassis.channel.core.medium import Medium
from chassis.channel.core.reading import Said
from chassis.channel.core.said import follows
from contracts.events import (
    CallbackKind,
    CallbackReceived,
    Channel,
    Event,
    FactKind,
    FactLearned,
    OptedIn,
    OptedOut,
    OptOutScope,
    ReplyReceived,
    TextApproved,
)
from contracts.events import ReplyIntent as Asks
from contracts.ids import AddressId, ConsumerId

AT = datetime(2026, 10, 20, 15, 0, tzinfo=UTC)
NUMBER = AddressId("phone-1")
TEXTS = Medium("sms", "1", Channel.SMS, TextApproved, "twilio", {})


def said(words: str) -> list[Event]:
    meta = TEXTS.first("SM1", "inbound-callback", AT, ConsumerId("c"), None)
    event = CallbackReceived(meta, "twilio", CallbackKind.INBOUND, None, None, b"", AT)
    return list(follows(TEXTS, event, NUMBER, Said("SM1", "", words)))


def facts(events: list[Event]) -> dict[FactKind, AddressId | None]:
    return {e.fact: e.address_id for e in events if isinstance(e, FactLearned)}


@pytest.mark.parametrize(
    ("words", "fact", "address"),
    [
        ("I dispute this debt", FactKind.DISPUTED, None),
        ("Talk to my lawyer", FactKind.ATTORNEY_REPRESENTED, None),
        ("I filed chapter 7", FactKind.BANKRUPT, None),
        ("mi esposo falleció", FactKind.DECEASED, None),
        ("You have the wrong number", FactKind.NUMBER_OF_ANOTHER, NUMBER),
    ],
)
def test_what_the_law_hangs_on_becomes_a_fact(words: str, fact: FactKind, address: AddressId | None) -> None:
    assert facts(said(words)) == {fact: address}


def test_a_stop_is_for_the_medium_and_a_wrong_number_for_the_number() -> None:
    stopped = [e.scope for words in ("stop", "wrong number") for e in said(words) if isinstance(e, OptedOut)]
    assert stopped == [OptOutScope.MEDIUM, OptOutScope.ADDRESS]


def test_no_contact_at_all_is_a_stop_and_a_fact() -> None:
    events = said("cease and desist")
    assert facts(events) == {FactKind.CEASED: None}
    assert any(isinstance(e, OptedOut) for e in events)


def test_an_opt_in_beside_a_stop_is_none() -> None:
    assert not any(isinstance(e, OptedIn) for e in said("you can text me again, no wait, stop"))
    assert any(isinstance(e, OptedIn) for e in said("START"))


def test_the_reply_carries_all_that_was_read() -> None:
    reply = said("I already paid this, stop texting me")[0]
    assert isinstance(reply, ReplyReceived)
    assert (reply.intent, reply.also, reply.language, reply.certain) == (
        Asks.OPT_OUT,
        (Asks.PAID_ALREADY,),
        "en",
        True,
    )


def test_every_event_of_one_message_has_an_id_of_its_own() -> None:
    events = said("cease and desist, this is not my debt, talk to my lawyer")
    assert len({e.meta.event_id for e in events}) == len(events) >= 5
