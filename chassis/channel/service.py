"""A channel as a runtime drives it, and all that it stands on: database, suppressions, patience."""

from collections.abc import Callable, Iterable, Sequence
from contextlib import AsyncExitStack
from datetime import timedelta
from functools import partial
from typing import Any

from msgspec import Struct, structs

from chassis.addresses import address_id
from chassis.channel.core.decide import AddressOf, ChannelDecider, Patience
from chassis.channel.core.medium import Medium
from chassis.channel.core.memory import Memory
from chassis.channel.directory import Directory, Entry, database
from chassis.channel.ending import Ending
from chassis.channel.hearing import Hearing
from chassis.channel.intake import Intake
from chassis.channel.sending import Channel, Limits
from chassis.channel.settings import ChannelSettings
from chassis.channel.suppressions import Suppressions
from chassis.clock import Clock
from chassis.database import Database
from chassis.failures import Halted
from chassis.host import Host
from chassis.service import Done, Service
from contracts.events import (
    AccountPlaced,
    ApprovalWithdrawn,
    AttemptInDoubt,
    AttemptStarted,
    CallbackReceived,
    Event,
    SuppressionChanged,
)

CHECKS = (timedelta(seconds=30), timedelta(seconds=90), timedelta(minutes=8), timedelta(minutes=10))
"""Pauses before the checks of an attempt in doubt: after 30 s, 2 min, 10 min, and every 10 min while nobody answers."""
BELIEVED = 3
"""The check from which "not there" means that it was not sent."""
UNANSWERED = timedelta(minutes=30)
ENDS = (timedelta(minutes=15), timedelta(minutes=45), timedelta(hours=3), timedelta(hours=8), timedelta(hours=12))
"""Pauses before a provider is asked how a message ended: after 15 min, 1 h, 4 h, 12 h and a day."""

QUEUED = 60.0
"""Real seconds that an attempt may wait for its call on however fast a clock, on which minutes pass in no time."""

AddressesIn = Callable[[AccountPlaced], Iterable[Entry]]
"""The addresses in a placement that this channel uses."""


def service(
    *,
    medium: Medium,
    decider: ChannelDecider,
    channel: Channel[Any],
    ground: "Ground",
    addresses_in: AddressesIn,
    ending: Ending | None = None,
) -> Service[Memory]:
    """A channel as a runtime drives it; `ending` where the provider can be asked how a message ended."""

    async def enter(done: Sequence[Done]) -> Sequence[Event]:
        placed = [d.event for d in done if isinstance(d.event, AccountPlaced)]
        parked = await ground.directory.add(entry for event in placed for entry in addresses_in(event))
        return [ground.hearing.heard(p) for p in parked]

    async def check(done: Sequence[Done]) -> Sequence[Event]:
        ends = [] if ending is None else await ending.ask(done)
        return [*await channel.check(done), *ends]

    return Service(
        name=medium.name,
        version=medium.version,
        reads=frozenset({AccountPlaced, medium.approved, CallbackReceived}),
        judged_last=frozenset({medium.approved}),
        decider=decider,
        effects={AccountPlaced: enter, AttemptStarted: channel.send, AttemptInDoubt: check},
        # A round of calls and no more: what consumers say, and how contacts end, is not to wait for hundreds of calls.
        bites={medium.approved: ground.limits.in_flight},
    )


class Ground(Struct, frozen=True):
    """What every channel stands on, whatever its provider."""

    database: Database
    directory: Directory
    suppressions: Suppressions
    hearing: Hearing
    intake: Intake
    address_of: AddressOf
    patience: Patience
    limits: Limits


async def ground(medium: Medium, kind: str, own: ChannelSettings, host: Host, opened: AsyncExitStack) -> Ground:
    """Open it all; `kind` is that of the channel's addresses. Raises Halted, Unreachable."""
    if host.settings.postgres_dsn is None:
        raise Halted(f"COUNTERPOINT_POSTGRES_DSN is not set: {medium.name} keeps there who is at which address")
    kept = database(
        host.settings.postgres_dsn.get_secret_value(), channel=medium.name, connections=own.database_connections
    )
    opened.push_async_callback(kept.close)
    await kept.open()
    directory = Directory(kept, medium.name)
    suppressions = Suppressions(medium.channel, host.clock)
    await host.views.follow(kind=SuppressionChanged, apply=suppressions.apply)
    await host.views.follow(kind=ApprovalWithdrawn, apply=suppressions.apply)
    suppressions.caught_up()
    waits = patience(own, host.clock)
    return Ground(
        database=kept,
        directory=directory,
        suppressions=suppressions,
        hearing=Hearing(
            medium=medium,
            directory=directory,
            suppressions=suppressions,
            publisher=host.publisher,
            clock=host.clock,
        ),
        intake=Intake(label=medium.label, timeout=own.webhook_timeout),
        address_of=partial(address_id, host.settings.hash_key.get_secret_value().encode(), kind),
        patience=waits,
        limits=limits(own, host.clock, waits),
    )


def patience(own: ChannelSettings, clock: Clock) -> Patience:
    """When attempts in doubt are asked after.

    On a clock that runs fast, minutes pass in no time, but a call takes as long as ever: no check that is believed
    comes before a call that was under way must have ended.
    """
    longest = own.longest_call + own.retry_seconds
    least = clock.simulated(0.5), clock.simulated(0.5), clock.simulated(longest), clock.simulated(longest)
    return Patience(
        pauses=tuple(max(pause, floor) for pause, floor in zip(CHECKS, least, strict=True)),
        unanswered=max(UNANSWERED, clock.simulated(2 * longest)),
    )


def until_the_end(waits: Patience, own: ChannelSettings, clock: Clock) -> Patience:
    """The same, where the provider can be asked how a message ended; on a fast clock, not before it can have told."""
    least = clock.simulated(2 * own.webhook_timeout)
    return structs.replace(waits, ends=tuple(max(pause, least) for pause in ENDS))


def limits(own: ChannelSettings, clock: Clock, waits: Patience) -> Limits:
    """How hard to try."""
    margin = clock.simulated(own.longest_call)
    return Limits(
        margin=margin,
        begin_within=max(sum((waits.pause(n) for n in range(BELIEVED)), start=-margin), clock.simulated(QUEUED)),
        retry_for=own.retry_seconds,
        first_check=waits.pause(0),
        checks=BELIEVED,
        in_flight=own.concurrency,
    )
