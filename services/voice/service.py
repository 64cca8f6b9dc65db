"""The telephone channel's wiring: approvals become attempts, attempts calls, and what is said on them events."""

from collections.abc import Iterable, Sequence
from contextlib import AsyncExitStack
from dataclasses import replace
from datetime import timedelta
from functools import partial
from typing import Any

from chassis.channel.core.decide import AddressOf, ChannelDecider
from chassis.channel.core.memory import Memory
from chassis.channel.directory import Entry
from chassis.channel.ending import Ending
from chassis.channel.pace import Pace
from chassis.channel.provider import Rejected
from chassis.channel.sending import Channel
from chassis.channel.service import Ground, ground, service, until_the_end
from chassis.channel.undoing import Undoing
from chassis.failures import Halted
from chassis.host import Assembly, Host
from chassis.service import Done, Service
from chassis.templates.loader import load_templates
from chassis.templates.ours import ours_of
from contracts.events import (
    AccountPlaced,
    AttemptStarted,
    CallApproved,
    ConsumerProfileChanged,
    Event,
    ReasonClass,
    Technology,
)
from services.voice.answers import Answers
from services.voice.cards import Cards
from services.voice.core.medium import MEDIUM
from services.voice.core.reading import read
from services.voice.core.talk import Rules
from services.voice.listening import Listening
from services.voice.loader import load_talk_rules
from services.voice.records import Call, Records, database
from services.voice.script import Script
from services.voice.settings import VoiceSettings
from services.voice.twilio import Prepared, Twilio
from services.voice.webhooks import Webhooks

OPENS = "greeting"
"""The template with which a machine begins; all that follows on such a call is for the channel to say."""
_UNFIT = ReasonClass.CONFIGURATION


def numbers_in(placed: AccountPlaced) -> Iterable[Entry]:
    """The numbers in a placement."""
    return (Entry(phone.address_id, placed.meta.consumer_id, phone.number) for phone in placed.phones)


def prepare(
    address_of: AddressOf, has_people: bool, script: Script, approval: Any, started: AttemptStarted
) -> Prepared | Rejected:
    """The call for an approval, or why there is none; never to a number other than the one that the gate judged."""
    if not isinstance(approval, CallApproved):
        return Rejected("approval-missing", ReasonClass.TECHNICAL)
    if address_of(approval.to) != approval.address_id:
        return Rejected("number-is-not-the-approved-one", _UNFIT)
    if approval.technology is Technology.RINGLESS:
        return Rejected("ringless-messages-are-not-sent", _UNFIT)
    automated = approval.technology is not Technology.LIVE_MANUAL
    if automated and approval.template_id != OPENS:
        return Rejected("template-is-not-for-a-machine", _UNFIT)
    if not automated and not has_people:
        return Rejected("nobody-to-call-in", _UNFIT)
    language = "es" if approval.language.lower().startswith("es") else "en"
    if automated and (why := script.unsaid(language, approval.parameters, approval.conditions)) is not None:
        return Rejected(why, _UNFIT)
    return Prepared(
        Call(
            attempt_id=started.attempt_id,
            contact_id=approval.contact_id,
            consumer_id=approval.meta.consumer_id,
            address_id=approval.address_id,
            number=approval.to,
            language=language,
            automated=automated,
            conditions=approval.conditions,
            started_at=started.started_at,
            expires_at=approval.expires_at,
        )
    )


def with_records(channel: Service[Memory], records: Records) -> Service[Memory]:
    """The channel, which also keeps who consumers are and what may be told of their debts."""
    enter = channel.effects[AccountPlaced]

    async def placed(done: Sequence[Done]) -> Sequence[Event]:
        await records.place(d.event for d in done if isinstance(d.event, AccountPlaced))
        return await enter(done)

    async def learned(done: Sequence[Done]) -> Sequence[Event]:
        await records.learn(d.event for d in done if isinstance(d.event, ConsumerProfileChanged))
        return ()

    return replace(
        channel,
        reads=channel.reads | {ConsumerProfileChanged},
        effects={**channel.effects, AccountPlaced: placed, ConsumerProfileChanged: learned},
    )


async def build(own: VoiceSettings, host: Host) -> Assembly:
    """Everything that runs in the telephone channel's process; raises Halted, Unreachable."""
    rules = load_talk_rules(own.talk_rules)
    script = Script(load_templates(host.settings.templates), ours_of(host.settings), own.agent_name)
    if host.settings.postgres_dsn is None:
        raise Halted("COUNTERPOINT_POSTGRES_DSN is not set: voice keeps there who may be on the line")
    async with AsyncExitStack() as opened:
        stands_on = await ground(MEDIUM, "tel", own, host, opened)
        kept = database(host.settings.postgres_dsn.get_secret_value(), own.database_connections)
        opened.push_async_callback(kept.close)
        await kept.open()
        records = Records(kept)
        cards = Cards(database=kept, publisher=host.publisher, clock=host.clock)
        twilio = Twilio(settings=own, records=records, clock=host.clock)
        opened.push_async_callback(twilio.close)
        await twilio.check_credentials()
        return _assembly(own, host, stands_on, script, rules, records, cards, twilio, opened)


def _assembly(
    own: VoiceSettings,
    host: Host,
    stands_on: Ground,
    script: Script,
    rules: Rules,
    records: Records,
    cards: Cards,
    twilio: Twilio,
    opened: AsyncExitStack,
) -> Assembly:
    undoing = Undoing(
        medium=MEDIUM,
        provider=twilio,
        window=timedelta(seconds=2 * own.ring_seconds) + host.clock.simulated(own.longest_call),
        suppressions=stands_on.suppressions,
        publisher=host.publisher,
        clock=host.clock,
    )
    pace = Pace(own.calls_per_second)
    channel = Channel(
        provider=twilio,
        compose=partial(prepare, stands_on.address_of, own.agent_number is not None, script),
        refuses=stands_on.suppressions.refuses,
        clock=host.clock,
        limits=stands_on.limits,
        turn=lambda _: pace.wait(own.from_number),
        handed_over=undoing.handed_over,
    )
    waits = until_the_end(stands_on.patience, own, host.clock)
    decider = ChannelDecider(medium=MEDIUM, read=read, address_of=stands_on.address_of, patience=waits)
    ending = Ending(medium=MEDIUM, report=twilio.report, clock=host.clock)
    clock, publisher = host.clock, host.publisher
    answers = Answers(
        settings=own,
        script=script,
        records=records,
        listening=Listening(rules=rules, records=records, publisher=publisher, clock=clock),
        cards=cards,
        ground=stands_on,
        publisher=publisher,
        clock=clock,
    )
    webhooks = Webhooks(
        settings=own,
        answers=answers,
        records=records,
        ground=stands_on,
        publisher=publisher,
        clock=clock,
        gone=undoing.gone,
    )
    base = service(
        medium=MEDIUM,
        decider=decider,
        channel=channel,
        ground=stands_on,
        addresses_in=numbers_in,
        ending=ending,
    )
    return Assembly(
        service=with_records(base, records),
        routes=webhooks.routes(),
        tasks=[undoing.run, cards.run],
        close=opened.pop_all().aclose,
    )
