"""Examples are what their schemas say, and every service survives every example of every event that it reads.

A green run does not prove that what a service does with an example is right: its own tests do.
"""

from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from chassis.clock import Clock
from chassis.codec import SingleObjectCodec
from chassis.host import Assembly
from chassis.logs import PERSONAL
from chassis.runtime.memory import MemoryRuntime
from chassis.schemas import plain, whole
from chassis.service import AnyService, Context, Decider, Position
from chassis.settings import StackSettings
from contracts import events
from contracts.events import Event
from contracts.ids import ConsumerId
from contracts.topics import STATEFUL, TOPIC_OF, TOPICS
from services.ingest.core.faults import CODES
from services.ingest.service import build as build_ingest
from services.ingest.settings import IngestSettings
from services.reporting.service import build as build_reporting
from services.reporting.settings import ReportingSettings
from tests.avro_values import read, written
from tests.databases import fresh_database
from tests.examples import KINDS, all_examples, examples, fields_of, files_of, personal
from tests.services import BUILDERS, built

NOW = datetime(2026, 10, 21, 16, tzinfo=UTC)
WHO = ConsumerId("con-0fcc60af353e99eba175bcce")


@pytest.mark.parametrize("kind", KINDS)
def test_every_event_has_examples(kind: type[Event]) -> None:
    assert len(examples(kind)) == len(files_of(kind))


@pytest.mark.parametrize("kind", KINDS)
def test_our_bytes_are_the_bytes_of_an_avro_library(kind: type[Event]) -> None:
    schema = plain(whole(kind.__name__))
    for case, event in examples(kind).items():
        body = event.to_avro()
        assert body == written(schema, fields_of(event)), case
        assert read(body, schema) == fields_of(event), case
        assert kind.from_avro(body) == event, case


def test_no_two_examples_are_one_event() -> None:
    seen: dict[str, str] = {}
    for case, event in all_examples().items():
        assert seen.setdefault(event.meta.event_id, case) == case


def test_people_in_examples_do_not_exist() -> None:
    for kind in KINDS:
        for path in files_of(kind):
            text = path.read_text()
            assert ".com" not in text, path
            assert "+1" not in text or "555" in text, path


def test_every_reject_code_has_an_example() -> None:
    shown = {code for e in examples(events.PlacementRejected).values() for code in getattr(e, "codes", ())}
    assert set(CODES) <= shown


@pytest.mark.parametrize("kind", KINDS)
def test_every_nullable_field_is_somewhere_given(kind: type[Event]) -> None:
    for field in plain(whole(kind.__name__))["fields"]:
        if isinstance(field["type"], list):
            assert any(getattr(e, field["name"]) is not None for e in examples(kind).values()), field["name"]


def test_fields_that_logs_must_drop_are_those_that_schemas_mark() -> None:
    assert {name for kind in KINDS for name in personal(kind)} == set(PERSONAL)


def allowed(service: AnyService, outcome: Event) -> bool:
    """Whether topics.yaml lets the service write it."""
    return service.name in TOPICS[TOPIC_OF[type(outcome)]].writers


class Driver:
    """A decider and what it remembers of one consumer, driven as a runtime does."""

    def __init__(self, service: AnyService) -> None:
        self.service = service
        assert service.decider is not None, f"{service.name} has no decider, and topics.yaml says that it remembers"
        self.decider: Decider[Any] = service.decider
        self.codec = SingleObjectCodec()
        self.state = self.decider.fresh(consumer_id=WHO)
        self.offset = 0

    def tell(self, event: Event) -> None:
        """Let it have an event; all that the programming model asks of it must hold."""
        self.offset += 1
        position = Position(TOPIC_OF[type(event)], 1, self.offset)
        context = Context(NOW, position, event.meta.occurred_at, {position.topic: self.offset + 1})
        outcomes = list(self.decider.decide(state=self.state, event=event, context=context))
        assert outcomes == list(self.decider.decide(state=self.state, event=event, context=context))
        for e in (event, *outcomes):
            self.state = self.decider.evolve(state=self.state, event=e, context=context)
        self.check([*outcomes, *self.woken()])

    def woken(self) -> list[Event]:
        """What time would bring about, now and much later."""
        self.decider.wake_at(state=self.state)
        times = (NOW, NOW + timedelta(days=400))
        return [e for now in times for e in self.decider.wake(state=self.state, consumer_id=WHO, now=now)]

    def check(self, made: Sequence[Event]) -> None:
        """Outcomes can be written where they belong, and the state survives its bytes."""
        for outcome in made:
            assert allowed(self.service, outcome), f"{self.service.name} may not write {type(outcome).__name__}"
            assert self.codec.decode(self.codec.encode(outcome)) == outcome
        encoded = self.decider.encode(state=self.state)
        again = self.decider.decode(encoded=encoded)
        assert self.decider.encode(state=again) == encoded


ORDERS: dict[str, Callable[[list[Event]], list[Event]]] = {
    "as they happened": lambda read: sorted(read, key=lambda e: e.meta.occurred_at),
    "backwards": lambda read: sorted(read, key=lambda e: e.meta.occurred_at, reverse=True),
    "twice": lambda read: read + read,
}


@pytest.mark.parametrize("name", STATEFUL)
def test_a_decider_survives_each_example_alone(name: str) -> None:
    service = built(name)
    for event in all_examples().values():
        if type(event) in service.reads:
            Driver(service).tell(event)


@pytest.mark.parametrize("name", STATEFUL)
@pytest.mark.parametrize("order", ORDERS.values(), ids=ORDERS)
def test_a_decider_survives_all_examples_in_any_order(name: str, order: Callable[[list[Event]], list[Event]]) -> None:
    service = built(name)
    driver = Driver(service)
    for event in order([e for e in all_examples().values() if type(e) in service.reads]):
        driver.tell(event)


def publish_all(runtime: MemoryRuntime) -> None:
    """Put every example into the log."""
    for event in all_examples().values():
        sender_gives_it = TOPICS[TOPIC_OF[type(event)]].key == "account"
        runtime.publish(event, key="an-account" if sender_gives_it else None)


def dead_letters(runtime: MemoryRuntime) -> list[str]:
    """Topics of what could not be read."""
    return [topic for (topic, _), log in runtime.broker.records.items() if topic.endswith(".dlq") and log]


async def test_all_deciders_together_survive_all_examples_on_one_log() -> None:
    services = [built(name) for name in sorted(STATEFUL)]
    runtime = MemoryRuntime(services=services, clock=Clock(NOW, 0.0, 0.0), partitions=2)
    publish_all(runtime)
    await runtime.run()
    assert dead_letters(runtime) == []


@asynccontextmanager
async def with_database(name: str, dsn: str, folder: Path) -> AsyncIterator[MemoryRuntime]:
    """A service that acts on a database, wired as in a process, on a log in memory."""
    runtime = MemoryRuntime(services=[], clock=Clock(NOW, 0.0, 0.0), partitions=2)
    settings = StackSettings.model_validate({"postgres_dsn": dsn, "hash_key": "example-key"})
    host: Any = SimpleNamespace(settings=settings, clock=runtime.clock, publisher=None, views=None)
    assembly = await ON_A_DATABASE[name](host, folder)
    runtime.services = [assembly.service]
    yield runtime
    await assembly.close()


ON_A_DATABASE: dict[str, Callable[[Any, Path], Awaitable[Assembly]]] = {
    "ingest": lambda host, folder: build_ingest(IngestSettings.model_validate({"spool": folder}), host),
    "reporting": lambda host, _: build_reporting(ReportingSettings.model_validate({}), host),
}


def test_every_service_is_tried_with_examples() -> None:
    assert {name for name in BUILDERS if built(name).decider is None} == set(ON_A_DATABASE)


@pytest.mark.parametrize("name", ON_A_DATABASE)
async def test_a_service_on_a_database_survives_all_examples_and_their_repetition(
    name: str, postgres: str, tmp_path: Path
) -> None:
    async with with_database(name, fresh_database(postgres, f"examples_{name}"), tmp_path) as runtime:
        publish_all(runtime)
        await runtime.run()
        first = {e.meta.event_id for e in runtime.events()}
        runtime.lose(name)
        runtime.broker.committed.clear()
        await runtime.run()
        assert dead_letters(runtime) == []
        assert {e.meta.event_id for e in runtime.events()} == first
