"""The text channel's wiring: approvals become attempts, attempts calls to Twilio, its callbacks events."""

from collections.abc import Sequence
from contextlib import AsyncExitStack
from datetime import timedelta
from functools import partial
from typing import Any

from chassis.addresses import address_id
from chassis.channel import Channel, Limits
from chassis.clock import Clock
from chassis.failures import Halted
from chassis.host import Assembly, Host
from chassis.provider import Rejected
from chassis.service import Done, Service
from contracts.disclosures import missing
from contracts.events import (
    AccountPlaced,
    AttemptInDoubt,
    AttemptStarted,
    CallbackReceived,
    Event,
    ReasonClass,
    SuppressionChanged,
    TextApproved,
)
from services.sms.core.compose import NotComposed, Templates, compose
from services.sms.core.decide import AddressOf, Patience, TextDecider
from services.sms.core.memory import Memory
from services.sms.core.meta import NAME, VERSION
from services.sms.core.reference import reference_of
from services.sms.database import Database
from services.sms.directory import Directory, Entry
from services.sms.loader import WrongTemplate, load_templates
from services.sms.settings import SmsSettings
from services.sms.suppressions import Suppressions
from services.sms.twilio import Prepared, Twilio
from services.sms.webhooks import Webhooks, heard

CHECKS = (timedelta(seconds=30), timedelta(seconds=90), timedelta(minutes=8), timedelta(minutes=10))
"""Pauses before the checks of a text in doubt: after 30 s, 2 min and 10 min, and every 10 min while nobody answers."""
BELIEVED = 3
"""The check from which "not there" means that it was not sent."""
UNANSWERED = timedelta(minutes=30)


def service(*, decider: TextDecider, channel: Channel[Prepared], directory: Directory) -> Service[Memory]:
    """The text channel as a runtime drives it."""

    async def enter(done: Sequence[Done]) -> Sequence[Event]:
        placed = [d.event for d in done if isinstance(d.event, AccountPlaced)]
        parked = await directory.add(
            Entry(phone.address_id, event.meta.consumer_id, phone.number) for event in placed for phone in event.phones
        )
        return [heard(p) for p in parked]

    return Service(
        name=NAME,
        version=VERSION,
        reads=frozenset({AccountPlaced, TextApproved, CallbackReceived}),
        judged_last=frozenset({TextApproved}),
        decider=decider,
        effects={AccountPlaced: enter, AttemptStarted: channel.send, AttemptInDoubt: channel.check},
    )


def prepare(templates: Templates, collector: str, address_of: AddressOf, approval: Any, started: AttemptStarted) -> Any:
    """The text for an approval, or why there is none; never for a number other than the one that the gate judged."""
    if not isinstance(approval, TextApproved):
        return Rejected("approval-missing", ReasonClass.TECHNICAL)
    if address_of(approval.to) != approval.address_id:
        return Rejected("number-is-not-the-approved-one", ReasonClass.CONFIGURATION)
    text = compose(
        templates,
        template_id=approval.template_id,
        language=approval.language,
        parameters=approval.parameters,
        given={"collector": collector, "reference": reference_of(started.attempt_id)},
    )
    if isinstance(text, NotComposed):
        return Rejected(text.reason, ReasonClass.CONFIGURATION)
    unsaid = missing(text.body, approval.conditions)
    if unsaid:
        return Rejected(f"does-not-say-{unsaid[0].replace('_', '-')}", ReasonClass.CONFIGURATION)
    return Prepared(approval.to, text.body)


def patience(own: SmsSettings, clock: Clock) -> Patience:
    """When texts in doubt are asked after.

    On a clock that runs fast, minutes pass in no time, but a call takes as long as ever: no check that is believed
    comes before a call that was under way must have ended.
    """
    longest = own.longest_call + own.retry_seconds
    least = clock.simulated(0.5), clock.simulated(0.5), clock.simulated(longest), clock.simulated(longest)
    return Patience(
        pauses=tuple(max(pause, floor) for pause, floor in zip(CHECKS, least, strict=True)),
        unanswered=max(UNANSWERED, clock.simulated(2 * longest)),
    )


def limits(own: SmsSettings, clock: Clock, waits: Patience) -> Limits:
    """How hard to try."""
    return Limits(
        margin=clock.simulated(own.longest_call),
        retry_for=own.retry_seconds,
        first_check=waits.pause(0),
        checks=BELIEVED,
        in_flight=own.concurrency,
    )


async def build(own: SmsSettings, host: Host) -> Assembly:
    """Everything that runs in the text channel's process; raises Halted, Unreachable."""
    if host.settings.postgres_dsn is None:
        raise Halted("COUNTERPOINT_POSTGRES_DSN is not set: the text channel keeps there who is at which number")
    try:
        templates = load_templates()
    except WrongTemplate as fault:
        raise Halted(str(fault)) from fault
    address_of = partial(address_id, host.settings.hash_key.get_secret_value().encode(), "tel")
    async with AsyncExitStack() as opened:
        database = Database(host.settings.postgres_dsn.get_secret_value(), connections=own.database_connections)
        opened.push_async_callback(database.close)
        await database.open()
        directory = Directory(database)
        twilio = Twilio(settings=own, directory=directory)
        opened.push_async_callback(twilio.close)
        await twilio.check_credentials()
        suppressions = Suppressions(host.clock)
        await host.views.follow(kind=SuppressionChanged, apply=suppressions.apply)
        suppressions.caught_up()
        waits = patience(own, host.clock)
        channel = Channel(
            provider=twilio,
            compose=partial(prepare, templates, own.collector_name, address_of),
            barred=suppressions.__contains__,
            clock=host.clock,
            limits=limits(own, host.clock, waits),
        )
        webhooks = Webhooks(
            settings=own,
            publisher=host.publisher,
            directory=directory,
            suppressions=suppressions,
            address_of=address_of,
            clock=host.clock,
        )
        decider = TextDecider(address_of=address_of, patience=waits)
        return Assembly(
            service=service(decider=decider, channel=channel, directory=directory),
            routes=webhooks.routes(),
            close=opened.pop_all().aclose,
        )
