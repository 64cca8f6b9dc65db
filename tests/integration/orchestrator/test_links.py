"""A link that a consumer asks for on a call: from the words on the line to the text, through the real gate.

A green run does not prove that a provider carries the text; tests/integration/sms has the simulator's.
"""

from datetime import UTC, datetime, timedelta

from msgspec.structs import replace

from chassis.channel.core.decide import ChannelDecider, Patience
from chassis.service import Service
from contracts.events import (
    CallbackKind,
    CallbackReceived,
    Channel,
    ContactApproved,
    ContactRequested,
    ContactVetoed,
    OptedOut,
    OptOutScope,
    Purpose,
    ReplyReceived,
    ZoneEvidence,
    ZoneSource,
)
from contracts.ids import AddressId, ConsumerId
from services.voice.core.dialogue import Answer, step
from services.voice.core.medium import MEDIUM, PROVIDER
from services.voice.core.place import Place, Stage
from services.voice.core.reading import read
from services.voice.core.report import Turn, kept
from tests.integration.orchestrator.harness import World
from tests.unit.compliance.factories import a_meta, a_phone, an_account

WHO = "con-1"
NUMBER = AddressId(f"tel-{WHO}-0")
NOON = datetime(2026, 10, 20, 16, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


def a_world(at: datetime = NOON) -> World:
    """Somebody in New York of whose consent to texts nothing is on record, and the telephone channel."""
    world = World(at)
    patience = Patience(pauses=(MINUTE,), unanswered=MINUTE)
    decider = ChannelDecider(medium=MEDIUM, read=read, address_of=lambda _: NUMBER, patience=patience)
    reads = frozenset({CallbackReceived})
    voice = Service(name="voice", version="1", reads=reads, decider=decider)
    world.runtime.services = [*world.runtime.services, voice]
    return world


def place(world: World, *, numbers: int = 1) -> None:
    """Place the consumer's account."""
    now = world.clock.now()
    known = (a_phone(AddressId(f"tel-{WHO}-{n}"), f"+1212555010{n}", now) for n in reversed(range(numbers)))
    phones = tuple(replace(phone, consented=None, consent_to=None, consented_on=None) for phone in known)
    zones = (ZoneEvidence("America/New_York", ZoneSource.POSTAL_ADDRESS, None),)
    world.runtime.publish(an_account("a", now, meta=world.meta(WHO), phones=phones, zones=zones))


def ask(world: World, *, verified: bool = True, call: str = "CA1") -> None:
    """Press 1 at the question how to pay."""
    place = Place(Stage.PAY, verified=verified, consumer=WHO)
    said = step(place, Answer(digits="1"), ())
    turn = Turn(call, "+12125550100", said.place.turn, said.found, said.words, said.place.verified, link=said.link)
    now = world.clock.now()
    meta = a_meta(f"callback/{call}", now, ConsumerId(WHO))
    kind = CallbackKind.INBOUND
    world.runtime.publish(
        CallbackReceived(meta, PROVIDER, kind, None, None, kept(turn, f"CallSid={call}".encode()), now)
    )


def links(world: World) -> list[ContactRequested]:
    """What was asked of the gate."""
    found = [e for e in world.runtime.events(ContactRequested) if isinstance(e, ContactRequested)]
    return [e for e in found if e.template_id == "payment-link"]


async def test_whoever_asks_for_a_link_on_a_call_gets_one_text_at_once_in_reply_and_no_other() -> None:
    world = a_world()
    place(world, numbers=2)
    await world.live(timedelta(days=1))
    assert world.texts(WHO) == []  # nobody has consented to texts
    assert world.runtime.events(ContactVetoed)
    asked_at = world.clock.now()
    ask(world)
    ask(world)  # the provider asks twice
    await world.live(MINUTE, by=MINUTE)
    assert [name for name, _ in world.texts(WHO)] == ["payment-link"]
    [request] = links(world)
    [reply] = world.runtime.events(ReplyReceived)
    assert isinstance(reply, ReplyReceived)
    assert (request.purpose, request.in_reply_to, request.address_id) == (Purpose.REPLY, reply.meta.event_id, NUMBER)
    assert reply.answer_on is Channel.SMS
    assert world.texts(WHO)[0][1] - asked_at <= MINUTE
    await world.live(timedelta(days=20))
    assert [name for name, _ in world.texts(WHO)] == ["payment-link"]  # a wish for one text is no consent to others


async def test_a_second_wish_gets_a_second_link_when_the_house_cap_of_texts_allows() -> None:
    world = a_world()
    place(world)
    await world.live(timedelta(hours=1))
    for n in range(2):
        ask(world, call=f"CA{n}")
        await world.live(timedelta(hours=1))
    assert [name for name, _ in world.texts(WHO)] == ["payment-link"]
    await world.live(timedelta(days=2))
    assert [name for name, _ in world.texts(WHO)] == ["payment-link"] * 2


async def test_at_night_the_answer_is_still_an_answer() -> None:
    world = a_world(datetime(2026, 10, 21, 2, 30, tzinfo=UTC))
    place(world)
    await world.live(MINUTE, by=MINUTE)
    ask(world)
    await world.live(MINUTE, by=MINUTE)
    assert [name for name, _ in world.texts(WHO)] == ["payment-link"]


async def test_nobody_who_is_not_known_to_be_the_consumer_is_sent_a_link() -> None:
    world = a_world()
    place(world)
    await world.live(timedelta(hours=1))
    ask(world, verified=False)
    await world.live(timedelta(hours=1))
    assert links(world) == []


async def test_a_stop_to_texts_keeps_the_link_back() -> None:
    world = a_world()
    place(world)
    await world.live(timedelta(hours=1))
    now = world.clock.now()
    world.runtime.publish(OptedOut(world.meta(WHO), Channel.SMS, OptOutScope.MEDIUM, NUMBER, "keyword", now))
    await world.live(MINUTE, by=MINUTE)
    ask(world)
    await world.live(timedelta(days=2))
    assert world.texts(WHO) == []
    assert not [e for e in world.runtime.events(ContactApproved)]
