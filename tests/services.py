"""Every service, as far as it can be had without a database or a network: what it reads, decides and writes.

A new service joins the contract tests by a function named after it, and its name in `BUILDERS`. Imports are inside, so
that a service that is broken fails its own tests and nobody else's.
"""

import ast
import re
from collections.abc import Callable, Iterator, Sequence
from datetime import timedelta
from functools import cache, partial
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from chassis.addresses import address_id
from chassis.channel.core.decide import ChannelDecider, Patience
from chassis.channel.core.medium import Medium
from chassis.channel.core.reading import Read
from chassis.channel.service import AddressesIn
from chassis.channel.service import service as channel_service
from chassis.service import AnyService
from contracts.events import Event
from contracts.topics import TOPIC_OF, TOPICS

ROOT = Path(__file__).resolve().parent.parent
KIND_OF = {kind.__name__: kind for kind in TOPIC_OF}
FOLLOWS = re.compile(r"\.follow\(kind=(\w+)")


async def nothing(_: Any) -> Sequence[Event]:
    """Stand in for whatever acts on the world outside."""
    return ()


def compliance() -> AnyService:
    """The gate, under the rules that come with it."""
    from services.compliance.loader import HOUSE, LAW, load_rules
    from services.compliance.service import service

    return service(load_rules([LAW, HOUSE]))


def ingest() -> AnyService:
    """Ingest, without its database."""
    from services.ingest.service import service

    return service(nothing)


def orchestrator() -> AnyService:
    """The orchestrator, with the strategies that come with it."""
    from services.orchestrator.loader import load_strategies
    from services.orchestrator.service import service

    return service(load_strategies())


def reporting() -> AnyService:
    """The read model, without its database."""
    from services.reporting.service import service

    return service(nothing)


def sms() -> AnyService:
    """The text channel, with nobody to carry a text."""
    from services.sms.core.medium import MEDIUM
    from services.sms.core.reading import read
    from services.sms.service import numbers_in

    return a_channel(MEDIUM, read, "tel", numbers_in)


def letter() -> AnyService:
    """The letter channel, with nobody to print a letter."""
    from services.letter.core.medium import LOB
    from services.letter.core.medium import medium as medium_of
    from services.letter.core.reading import read
    from services.letter.service import addresses_in

    return a_channel(medium_of(LOB), read, "post", addresses_in)


def email() -> AnyService:
    """The e-mail channel, with nobody to carry an e-mail."""
    from services.email.core.medium import SENDGRID
    from services.email.core.medium import medium as medium_of
    from services.email.core.reading import read
    from services.email.service import addresses_in

    return a_channel(medium_of(SENDGRID), read, "mail", addresses_in)


def voice() -> AnyService:
    """The telephone channel, with nobody to place a call."""
    from services.voice.core.medium import MEDIUM
    from services.voice.core.reading import read
    from services.voice.service import numbers_in, with_records

    kept: Any = SimpleNamespace(place=nothing, learn=nothing)
    return with_records(a_channel(MEDIUM, read, "tel", numbers_in), kept)


def push() -> AnyService:
    """The push channel, with no push service."""
    from services.push.core.medium import MEDIUM
    from services.push.core.reading import read
    from services.push.service import nothing_in, with_subscriptions

    directory: Any = SimpleNamespace(add=nothing)
    return with_subscriptions(a_channel(MEDIUM, read, "push", nothing_in), directory)


def a_channel(medium: Medium, read: Read, kind: str, addresses_in: AddressesIn) -> AnyService:
    """A channel, with nobody to carry anything."""
    waits = Patience(pauses=(timedelta(seconds=30), timedelta(minutes=10)), unanswered=timedelta(minutes=30))
    address_of = partial(address_id, b"example-key", kind)
    decider = ChannelDecider(medium=medium, read=read, address_of=address_of, patience=waits)
    limits, directory = SimpleNamespace(in_flight=64), SimpleNamespace(add=nothing)
    outside: Any = SimpleNamespace(send=nothing, check=nothing, directory=directory, limits=limits)
    return channel_service(medium=medium, decider=decider, channel=outside, ground=outside, addresses_in=addresses_in)


BUILDERS: dict[str, Callable[[], AnyService]] = {
    f.__name__: f for f in (compliance, ingest, orchestrator, reporting, sms, letter, email, voice, push)
}


def built(name: str) -> AnyService:
    """The service of this name; raises AssertionError saying what is missing."""
    assert (ROOT / "services" / name / "service.py").exists(), (
        f"topics.yaml names the service {name}, and there is no services/{name}/service.py"
    )
    assert name in BUILDERS, f"tests/services.py does not build {name}: add a function and name it in BUILDERS"
    return BUILDERS[name]()


def sources(folder: str) -> Iterator[str]:
    """The text of every module of a folder."""
    for path in sorted((ROOT / folder).rglob("*.py")):
        yield path.read_text()


def followed(*folders: str) -> set[type[Event]]:
    """Events whose whole topic the code of these folders looks at, beside those that its service handles."""
    return {KIND_OF[kind] for folder in folders for text in sources(folder) for kind in FOLLOWS.findall(text)}


CHANNELS = frozenset(name for t in TOPICS.values() if ".approved-" in t.name for name in t.readers) - {"reporting"}
"""Services that send what the gate approved: what they share is in chassis/channel."""


MAKERS = frozenset({"_approving"})
"""Functions that make events of the kind that is their first argument."""


@cache
def made(folder: str) -> set[type[Event]]:
    """Events that the code of a folder makes."""
    calls = (node for text in sources(folder) for node in ast.walk(ast.parse(text)) if isinstance(node, ast.Call))
    named = [(call.func.id, call.args[:1]) for call in calls if isinstance(call.func, ast.Name)]
    kinds = [name for name, _ in named]
    kinds += [kind.id for name, first in named if name in MAKERS for kind in first if isinstance(kind, ast.Name)]
    return {KIND_OF[kind] for kind in kinds if kind in KIND_OF}
