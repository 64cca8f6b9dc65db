"""The reservation protocol with real workers and a real broker, killed and frozen at random; recounted by SQL.

A green run does not prove it for every moment; the seed is printed, and another run takes another one.
"""

import asyncio
import random
import signal
import subprocess
import sys
import time
from asyncio.subprocess import Process
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec
import psycopg
import pytest

from chassis.clock import Clock
from chassis.codec import SingleObjectCodec
from chassis.failures import Unreachable
from chassis.kafka_client import KafkaPublisher, wait_for_broker
from chassis.settings import StackSettings
from chassis.views import KafkaViews
from contracts.events import (
    AttemptRejected,
    AttemptStarted,
    ContactApproved,
    ContactDeferred,
    ContactRequested,
    ContactVetoed,
    Event,
    TextApproved,
)
from contracts.ids import ConsumerId, ContactId
from counterpoint.embedded.kafka import Kafka
from tests.processes import HERE, end, environment, start, topics_exist
from tests.reservation import people
from tests.reservation.people import PEOPLE, Person

START = datetime(2026, 10, 19, 15, 0, tzinfo=UTC)
RATE = 12_000
"""A second is three hours and twenty minutes: a week passes in 50 seconds."""

SECONDS = 75.0
MISHAPS = 24
CONSUMERS = 40
SESSION = 3.0
OVER_CAP = """
with texts as (
    select r.consumer_id, p.zone, r.contact_id,
           (coalesce(s.at, a.at) at time zone p.zone)::date as day
    from approved a
    join asked r using (contact_id)
    join people p using (consumer_id)
    left join begun s using (contact_id)
    where not exists (select from unsent u where u.contact_id = a.contact_id)
)
select t.consumer_id, t.zone, t.day,
       count(*) filter (where o.day = t.day) as on_it,
       count(*) as in_week
from texts t
join texts o on (o.consumer_id, o.zone) = (t.consumer_id, t.zone) and o.day between t.day and t.day + 6
group by t.consumer_id, t.zone, t.day, t.contact_id
having count(*) filter (where o.day = t.day) > 1 or count(*) > 3
"""
LOST = "select contact_id from approved where contact_id not in (select contact_id from handed)"
UNRESERVED = "select contact_id from handed where contact_id not in (select contact_id from approved)"
UNANSWERED = "select contact_id from asked where contact_id not in (select contact_id from said)"
CHANGED = "select contact_id from said group by contact_id having count(distinct verdict) > 1"
QUESTIONS = {
    "over a cap": OVER_CAP,
    "approvals lost": LOST,
    "approvals without a reservation": UNRESERVED,
    "requests without a verdict": UNANSWERED,
    "verdicts that changed": CHANGED,
}
TABLES = """
create table people (consumer_id text, zone text);
create table asked (contact_id text primary key, consumer_id text);
create table said (contact_id text, verdict bytea);
create table approved (contact_id text primary key, at timestamptz);
create table handed (contact_id text primary key);
create table begun (contact_id text primary key, at timestamptz);
create table unsent (contact_id text primary key);
"""


def crowd() -> list[Person]:
    """More people, like those of the model."""
    return [
        msgspec.structs.replace(PEOPLE[n % 3], consumer_id=ConsumerId(f"con-{n:024}")) for n in range(1, CONSUMERS + 1)
    ]


class Run:
    """One run: what is published, what the log says, and the workers."""

    def __init__(self, kafka: Kafka, directory: Path, seed: int) -> None:
        self.kafka = kafka
        self.random = random.Random(seed)
        anchor = time.time()
        self.clock = Clock(start=START, anchor=anchor, rate=RATE)
        self.stack = StackSettings.model_validate({"kafka_bootstrap": kafka.bootstrap, "session_timeout": SESSION})
        self.settings = environment(
            kafka_bootstrap=kafka.bootstrap,
            session_timeout=SESSION,
            clock_start=START.isoformat(),
            clock_anchor=anchor,
            clock_rate=RATE,
            batch_records=50,
        )
        self.directory = directory
        self.people = {p.consumer_id: p for p in crowd()}
        self.workers: list[Process] = []
        self.log: list[Event] = []
        self.asked: dict[ContactId, ContactRequested] = {}
        self.answered: set[ContactId] = set()
        self.handed: dict[ContactId, TextApproved] = {}
        self.changed = asyncio.Event()
        self.halts = 0

    def hear(self, event: Event) -> None:
        """Take in what the log says."""
        self.log.append(event)
        if isinstance(event, ContactApproved | ContactDeferred | ContactVetoed):
            self.answered.add(event.contact_id)
        if isinstance(event, TextApproved):
            self.handed.setdefault(event.contact_id, event)
        self.changed.set()

    async def until(self, condition: Callable[[], bool], *, seconds: float, what: str) -> None:
        """Wait until the log shows something."""
        try:
            async with asyncio.timeout(seconds):
                while not condition():
                    self.changed.clear()
                    await self.changed.wait()
        except TimeoutError:
            pytest.fail(f"{what}: not within {seconds} s; see {self.directory}")

    async def start_worker(self) -> None:
        """One more worker of the gate."""
        log = self.directory / f"gate-{len(list(self.directory.glob('gate-*.log')))}.log"
        self.workers.append(await start("services.compliance", self.settings, log))

    async def keep_two(self) -> None:
        """Start again what has stopped, as a supervisor would."""
        while True:
            for worker in [w for w in self.workers if w.returncode is not None]:
                self.halts += 1
                self.workers.remove(worker)
            while len(self.workers) < 2:
                await self.start_worker()
            await asyncio.sleep(0.2)

    async def mishap(self) -> None:
        """Something goes wrong."""
        worker = self.random.choice(self.workers)
        chosen = self.random.random()
        if chosen < 0.55:
            worker.kill()
        elif chosen < 0.8:
            worker.send_signal(signal.SIGSTOP)
            await asyncio.sleep(self.random.uniform(0.5, 2.5) * SESSION)
            if worker.returncode is None:
                worker.send_signal(signal.SIGCONT)
        elif chosen < 0.9:
            worker.terminate()
        else:
            await asyncio.to_thread(self.kafka.kill)
            await asyncio.to_thread(self.kafka.start)


async def publish(publisher: KafkaPublisher, *events: Event) -> None:
    """Publish, again if the broker is away: the same events with the same ids."""
    while True:
        try:
            await publisher.publish(events=events)
        except Unreachable:
            await asyncio.sleep(0.2)
        else:
            return


async def ask(run: Run, publisher: KafkaPublisher) -> None:
    """Requesters ask for more than is allowed, and now and then twice."""
    number = 0
    recent: list[ContactRequested] = []
    while True:
        wanted = []
        for _ in range(run.random.randrange(1, 30)):
            person = run.random.choice(list(run.people.values()))
            number += 1
            wanted.append(people.request(person, f"request-{number}", run.clock.now()))
        run.asked |= {r.contact_id: r for r in wanted}
        recent = [*recent, *wanted][-60:]  # repeats of what was refused long ago are judged anew
        await publish(publisher, *wanted, run.random.choice(recent))
        await asyncio.sleep(run.random.uniform(0.0, 0.1))


async def send(run: Run, publisher: KafkaPublisher) -> None:
    """A channel: most approvals are begun, some are not sent after all."""
    done: set[ContactId] = set()
    while True:
        told: list[Event] = []
        for contact_id, approval in run.handed.items():
            if contact_id not in done:
                done.add(contact_id)
                person, now = run.people[approval.meta.consumer_id], run.clock.now()
                if now >= approval.expires_at or run.random.random() < 0.2:
                    told.append(people.rejected(person, contact_id, now))
                else:
                    told.append(people.started(person, contact_id, now))
        if told:
            await publish(publisher, *told)
        await asyncio.sleep(0.05)


@asynccontextmanager
async def at_work(run: Run) -> AsyncIterator[None]:
    """Requesters, channel and supervisor, until the end of the block; an error in one of them is raised."""
    producer = await wait_for_broker(run.stack)
    codec, partitions = SingleObjectCodec(), run.stack.kafka_partitions
    publisher = KafkaPublisher(producer=producer, codec=codec, clock=run.clock, partitions=partitions)
    await publish(publisher, *(people.placed(p, START - timedelta(days=40)) for p in run.people.values()))
    tasks = [asyncio.create_task(work) for work in (ask(run, publisher), send(run, publisher), run.keep_two())]
    try:
        yield
        tasks[0].cancel()
        await run.until(
            lambda: run.asked.keys() <= run.answered, seconds=90, what="requests are left without a verdict"
        )
        for task in tasks:
            if task.done() and not task.cancelled():
                task.result()
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await producer.stop()


def recount(dsn: str, run: Run) -> dict[str, int]:
    """The log in SQL; how many rows answer each question."""
    rows: dict[str, set[tuple[object, ...]]] = {
        "people": {(p.consumer_id, zone) for p in run.people.values() for zone in p.zones},
        "asked": {(c, r.meta.consumer_id) for c, r in run.asked.items()},
        "said": set(),
        "approved": set(),
        "handed": {(c,) for c in run.handed},
        "begun": set(),
        "unsent": set(),
    }
    for e in run.log:
        if isinstance(e, ContactApproved | ContactDeferred | ContactVetoed):
            rows["said"].add((e.contact_id, e.to_avro()))
        if isinstance(e, ContactApproved):
            rows["approved"].add((e.contact_id, e.decided_at))
        elif isinstance(e, AttemptStarted):
            rows["begun"].add((e.contact_id, e.started_at))
        elif isinstance(e, AttemptRejected):
            rows["unsent"].add((e.contact_id,))
    with psycopg.connect(dsn) as connection:
        connection.execute(TABLES)
        for table, content in rows.items():
            with connection.cursor().copy(f"copy {table} from stdin") as copy:
                for row in content:
                    copy.write_row(row)
        return {name: len(connection.execute(question).fetchall()) for name, question in QUESTIONS.items()}


async def replayed(run: Run) -> list[str]:
    """The last two lines of `counterpoint replay` over what is left."""
    command = [sys.executable, "-m", "counterpoint", "replay"]
    process = await asyncio.create_subprocess_exec(*command, env=run.settings, cwd=HERE, stdout=subprocess.PIPE)
    out, _ = await process.communicate()
    return out.decode().splitlines()[-2:]


@pytest.mark.chaos
@pytest.mark.timeout(600)
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")  # the broker outlives its Popen
async def test_no_cap_is_broken_and_no_approval_lost(
    own_broker: Kafka, database: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    seed = random.SystemRandom().randrange(10**6)
    run = Run(own_broker, tmp_path, seed)
    await topics_exist(run.stack)
    async with AsyncExitStack() as opened:
        views = KafkaViews(settings=run.stack, codec=SingleObjectCodec())
        opened.push_async_callback(views.close)
        for kind in (ContactApproved, ContactDeferred, ContactVetoed, TextApproved, AttemptStarted, AttemptRejected):
            await views.follow(kind=kind, apply=run.hear)
        try:
            async with at_work(run):
                await run.until(lambda: len(run.answered) > 100, seconds=60, what="the gate does not begin")
                for _ in range(MISHAPS):
                    await run.mishap()
                    await asyncio.sleep(run.random.uniform(0.3, SECONDS / MISHAPS))
        finally:
            for worker in run.workers:
                await end(worker)
    found = recount(database, run)
    decisions, differences = await replayed(run)
    approved = sum(isinstance(e, ContactApproved) for e in run.log)
    counts = f"{len(run.asked)} requests, {approved} approvals, {MISHAPS} mishaps, {run.halts} restarts, {decisions}"
    with capsys.disabled():
        sys.stdout.write(f"\nseed {seed}: {counts}: {found}\n")
    assert approved > CONSUMERS
    assert found == dict.fromkeys(QUESTIONS, 0), f"seed {seed}"
    assert differences == "differences: 0", f"seed {seed}"
