"""One suite for both runtimes: what chassis/service.py promises holds in memory and on a real broker.

A green run does not prove it for machines that die or networks that split: workers are stopped at a step.
"""

from collections.abc import AsyncIterator, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

import msgspec
import pytest

from chassis.failures import ForeignWriter, StateUnreadable, TooManyDeadLetters, Unreachable
from chassis.kafka_client import wait_for_broker
from chassis.kafka_topics import ensure_topics
from chassis.service import Done, Service
from chassis.settings import StackSettings
from contracts.events import ContactVetoed, Event, PaymentSettled, SuppressionChanged, TimerDue
from contracts.topics import TOPIC_OF
from counterpoint.embedded.kafka import Kafka
from tests.contract.stages import LIMIT, Crashed, KafkaStage, MemoryStage, Stage, fresh_name, later, once, owner_marker
from tests.contract.tally import START, Tally, World, payment, request, tally_service

PAYMENTS = TOPIC_OF[PaymentSettled]
REQUESTS = "counterpoint.contact-requests.v1"
STARTS = 4
STEPS = ("decided", "changelog", "outputs", "effects", "processed", "committed")


@pytest.fixture(params=["memory", "kafka"])
async def stage(request: pytest.FixtureRequest) -> AsyncIterator[Stage]:
    """A place to run on."""
    if request.param == "memory":
        yield MemoryStage()
        return
    broker: Kafka = request.getfixturevalue("broker")
    settings = StackSettings.model_validate({"kafka_bootstrap": broker.bootstrap, "session_timeout": 3})
    await ensure_topics(settings)
    producer = await wait_for_broker(settings)
    on_kafka = KafkaStage(settings, producer)
    yield on_kafka
    await on_kafka.close()
    await producer.stop()


@pytest.fixture
def world() -> World:
    """What the tally does outside."""
    return World()


@pytest.fixture
async def tally(stage: Stage, world: World) -> str:
    """The tally, ready to run; gives its name, with which its consumers' ids begin."""
    name = fresh_name()
    await stage.open(tally_service(world, name))
    return name


def said(vetoes: Sequence[ContactVetoed]) -> dict[str, str]:
    """What each request was told; the same however often."""
    told: dict[str, str] = {v.contact_id: v.rule_pack for v in vetoes}
    assert all(told[v.contact_id] == v.rule_pack for v in vetoes)
    return told


async def test_facts_come_before_requests_and_requests_in_their_order(stage: Stage, tally: str) -> None:
    who, answers = tally, dict[str, str]()
    for attempt in range(STARTS):
        who = f"{tally}-{attempt}"
        await stage.publish(request(who, 1), request(who, 2))
        stage.clock.at += timedelta(seconds=1)
        await stage.publish(payment(who, 1), payment(who, 2))
        await stage.run()
        answers = {c: text for c, text in said(await stage.read(ContactVetoed)).items() if c.startswith(f"{who}-")}
        if answers[f"{who}-1"] != "0 requests and 0 payments before":
            break
        await stage.lose()  # a broker told the worker of requests first when it began: they were a batch of their own
    assert answers == {
        f"{who}-1": "0 requests and 2 payments before",
        f"{who}-2": "1 requests and 2 payments before",
    }


async def test_an_answer_says_how_much_of_the_log_it_had_seen(stage: Stage, tally: str) -> None:
    await stage.publish(payment(tally, 1), payment(tally, 2))
    await stage.run()
    seen = await stage.next_offset(PAYMENTS, tally)
    await stage.publish(request(tally, 1))
    await stage.run()
    assert [v.as_of.payments for v in await stage.read(ContactVetoed)] == [seen]


async def test_records_that_come_again_change_nothing_twice(stage: Stage, world: World, tally: str) -> None:
    await stage.publish(payment(tally, 1), request(tally, 1))
    await stage.run()
    before = stage.state(tally)
    answers = await stage.read(ContactVetoed)
    await stage.rewind()
    await stage.run()
    assert stage.state(tally) == before
    assert once(await stage.read(ContactVetoed)) == once(answers)
    assert world.did == [f"{tally}-1"]


@pytest.mark.parametrize("step", STEPS)
async def test_a_crash_after_a_step_loses_nothing_and_doubles_nothing(
    stage: Stage, world: World, tally: str, step: str
) -> None:
    people = [f"{tally}-{n}" for n in range(6)]
    for who in people:
        await stage.publish(payment(who, 1), payment(who, 2))
    await stage.run()  # else a broker may hand over the requests before the payments, in a batch of their own
    for who in people:
        await stage.publish(request(who, 1))
    stage.trap.step = step
    with pytest.raises(Crashed):
        await stage.run()
    await stage.lose()
    await stage.run()
    for who in people:
        assert stage.state(who) == Tally(2, (f"{who}-1",), (f"{who}-1",), START + timedelta(days=3), 0)
        assert world.did.count(f"{who}-1") <= 1
        assert f"{who}-1" in world.did + world.asked
    assert said(await stage.read(ContactVetoed)) == {f"{who}-1": "0 requests and 2 payments before" for who in people}
    assert len(once(await stage.read(ContactVetoed))) == len(once(await stage.read(SuppressionChanged))) == len(people)


async def test_what_was_decided_before_a_crash_is_not_decided_anew(stage: Stage, tally: str) -> None:
    await stage.publish(request(tally, 1))
    stage.trap.step = "changelog"
    with pytest.raises(Crashed):
        await stage.run()
    await stage.lose()
    await stage.publish(payment(tally, 1))  # it would change the answer, had that not been kept
    await stage.run()
    assert said(await stage.read(ContactVetoed)) == {f"{tally}-1": "0 requests and 0 payments before"}


async def test_an_effect_that_may_have_run_is_told_so(stage: Stage, world: World, tally: str) -> None:
    await stage.publish(request(tally, 1))
    stage.trap.step = "effects"
    with pytest.raises(Crashed):
        await stage.run()
    await stage.lose()
    await stage.run()
    assert (world.did, world.asked) == ([f"{tally}-1"], [f"{tally}-1"])


async def test_crashes_one_after_another_change_nothing_either(stage: Stage, world: World, tally: str) -> None:
    await stage.publish(payment(tally, 1), request(tally, 1))
    for step in ("outputs", "effects", "processed"):
        stage.trap.step = step
        with pytest.raises(Crashed):
            await stage.run()
        await stage.lose()
    await stage.run()
    assert stage.state(tally) == Tally(1, (f"{tally}-1",), (f"{tally}-1",), START + timedelta(days=3), 0)
    assert len(once(await stage.read(ContactVetoed))) == 1


async def test_an_effect_is_tried_again_while_the_world_is_unreachable(stage: Stage, world: World) -> None:
    name, down = fresh_name(), [Unreachable("a provider"), Unreachable("a provider", 0.1)]

    async def act(done: Sequence[Done]) -> Sequence[Event]:
        if down:
            raise down.pop()
        return await world.act(done)

    service: Service[Any] = tally_service(world, name)
    await stage.open(replace(service, effects={ContactVetoed: act}))
    await stage.publish(request(name, 1))
    await stage.run()
    assert (world.did, world.asked) == ([f"{name}-1"], [])


async def test_what_cannot_be_read_is_set_aside_with_reason_and_origin(stage: Stage, tally: str) -> None:
    at = await stage.next_offset(PAYMENTS, tally)
    nonsense = [b"nonsense", None, b"\xc3\x01" + bytes(8) + b"x", payment(tally, 9).to_avro()]
    for value in nonsense:
        await stage.write(PAYMENTS, tally, value)
    await stage.publish(payment(tally, 1))
    await stage.run()
    await stage.publish(request(tally, 1))
    await stage.run()
    letters = await stage.letters(PAYMENTS)
    assert [letter.value for letter in letters] == nonsense
    assert letters[0].headers["dlq_reason"] == b"not in Avro single-object encoding"
    assert letters[2].headers["dlq_reason"] == b"unknown schema, fingerprint 0000000000000000"
    assert [int(letter.headers["dlq_offset"]) for letter in letters] == [at, at + 1, at + 2, at + 3]
    assert {letter.headers["dlq_topic"] for letter in letters} == {PAYMENTS.encode()}
    assert said(await stage.read(ContactVetoed)) == {f"{tally}-1": "0 requests and 1 payments before"}


async def test_an_event_on_a_topic_that_is_not_its_own_is_set_aside(stage: Stage, tally: str) -> None:
    out = [b"\xc3\x01", PaymentSettled.FINGERPRINT]
    payment(tally, 1).write(out.append)
    await stage.write(REQUESTS, tally, b"".join(out))
    await stage.run()
    (letter,) = await stage.letters(REQUESTS)
    assert letter.headers["dlq_reason"] == b"a PaymentSettled, which does not belong on this topic"
    assert stage.state(tally) is None


async def test_too_many_unreadable_in_a_row_stop_the_worker_and_none_is_lost(stage: Stage, tally: str) -> None:
    for _ in range(LIMIT + 1):
        await stage.write(PAYMENTS, tally, b"nonsense")
    for _ in range(2):  # started again, it finds them where they were
        with pytest.raises(TooManyDeadLetters, match=f"{LIMIT + 1} messages in a row on {PAYMENTS}"):
            await stage.run()
        await stage.lose()


async def test_state_comes_back_from_the_changelog_with_its_alarms(stage: Stage, tally: str) -> None:
    people = [f"{tally}-{n}" for n in range(8)]
    for n in range(3):
        await stage.publish(*(payment(who, n) for who in people))
        await stage.run()
    await stage.lose()
    await stage.run()
    later(stage, 4)
    await stage.run()
    for who in people:
        assert stage.state(who) == Tally(payments=3, rung=1)


async def test_an_unreadable_changelog_record_stops_the_worker(stage: Stage, tally: str) -> None:
    await stage.publish(payment(tally, 1))
    await stage.run()
    await stage.lose()
    at = await stage.tamper(tally, tally.encode(), b"nonsense")
    with pytest.raises(StateUnreadable, match=rf"{tally}-state.v1\[\d\] holds a record at offset {at} .* do not skip"):
        await stage.run()


async def test_a_worker_that_lost_its_partition_stops_before_an_answer_leaves(stage: Stage, tally: str) -> None:
    await stage.publish(payment(tally, 1))
    await stage.run()
    await stage.tamper(tally, *owner_marker())  # somebody else has taken the partition over
    await stage.publish(request(tally, 1))
    with pytest.raises(ForeignWriter):
        await stage.run()
    assert await stage.read(ContactVetoed) == []
    await stage.lose()
    await stage.run()
    assert said(await stage.read(ContactVetoed)) == {f"{tally}-1": "0 requests and 1 payments before"}


async def test_what_a_worker_without_the_partition_wrote_is_passed_over(stage: Stage, tally: str) -> None:
    await stage.publish(payment(tally, 1))
    await stage.run()
    await stage.lose()
    await stage.run()
    stale = msgspec.msgpack.encode([0, [{}, msgspec.msgpack.encode(Tally(payments=99))], []])
    await stage.lose()
    await stage.tamper(tally, tally.encode(), stale)
    for _ in range(2):  # the second time from the repaired changelog
        await stage.run()
        assert stage.state(tally) == Tally(payments=1, alarm=START + timedelta(days=3))
        await stage.lose()


async def test_time_brings_an_event_about_once(stage: Stage, tally: str) -> None:
    await stage.publish(payment(tally, 1))
    await stage.run()
    later(stage, 2)
    await stage.run()
    assert await stage.read(TimerDue) == []
    later(stage, 2)
    await stage.run()
    await stage.lose()
    await stage.run()
    assert len(await stage.read(TimerDue)) == 1
    assert stage.state(tally) == Tally(payments=1, rung=1)


@pytest.mark.parametrize("step", ["changelog", "outputs", "effects"])
async def test_what_time_brought_about_survives_a_crash(stage: Stage, world: World, step: str) -> None:
    name = fresh_name()
    rung: list[str] = []
    asked: list[str] = []

    async def ring(done: Sequence[Done]) -> Sequence[Event]:
        for d in done:
            (asked if d.repeat else rung).append(d.event.meta.event_id)
        return ()

    service = tally_service(world, name)
    alone = replace(service, reads=service.reads - {TimerDue}, effects={TimerDue: ring})
    await stage.open(alone)
    await stage.publish(payment(name, 1))
    await stage.run()
    later(stage, 4)
    stage.trap.step = step
    with pytest.raises(Crashed):
        await stage.run()
    await stage.lose()
    await stage.run()
    assert len(once(await stage.read(TimerDue))) == 1
    assert stage.state(name) == Tally(payments=1, rung=1)
    assert len(rung) <= 1
    assert set(rung + asked) == set(once(await stage.read(TimerDue)))
    heard = len(asked)
    await stage.lose()
    await stage.run()
    assert len(asked) == heard  # settled: nothing is done again
