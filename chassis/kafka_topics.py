"""Creating the topics that `schemas/topics.yaml` lists, and checking that a cluster has them as they must be."""

import asyncio
from collections.abc import Mapping, Set
from dataclasses import dataclass

from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from aiokafka.errors import TopicAlreadyExistsError, for_code

from chassis.failures import WrongTopology
from chassis.kafka_access import partitions_of
from chassis.kafka_client import asking, connection, let_in
from chassis.settings import StackSettings
from contracts.access import Resource, grants_of
from contracts.topic import changelog
from contracts.topics import STATEFUL, TOPICS

DAY = 24 * 60 * 60 * 1000
FOREVER = -1
SHOWN_LOOKS, SHOWN_PAUSE = 100, 0.1


@dataclass(frozen=True, slots=True)
class Wanted:
    """A topic as it must be."""

    name: str
    config: Mapping[str, str]


def wanted() -> list[Wanted]:
    """Every topic: those of the contract, the changelogs, the dead letters."""
    # A changelog's records must outlive the time in which a worker that has lost its partition may still write.
    compacted = {"cleanup.policy": "compact", "min.compaction.lag.ms": str(DAY)}
    topics = [
        Wanted(t.name, compacted if t.compacted else {"retention.ms": str(_retention(t.retention_days))})
        for t in TOPICS.values()
    ]
    topics += [Wanted(changelog(s), compacted) for s in STATEFUL]
    topics += [
        Wanted(t.dead_letters(reader), {"retention.ms": str(FOREVER)}) for t in TOPICS.values() for reader in t.readers
    ]
    return topics


def _retention(days: int) -> int:
    return FOREVER if days < 0 else days * DAY


async def ensure_topics(settings: StackSettings) -> int:
    """Create what is missing, check what is there; give back how many were created.

    Raises WrongTopology if a topic has another number of partitions than the settings ask for, Unreachable if no
    broker answers.
    """
    admin = AIOKafkaAdminClient(**connection(settings))
    async with let_in(settings, admin.start, admin.close):
        have = set(await admin.list_topics())
        missing = [w for w in wanted() if w.name not in have]
        if missing:
            answer = await admin.create_topics(
                [
                    NewTopic(
                        name=w.name,
                        num_partitions=settings.kafka_partitions,
                        replication_factor=settings.kafka_replication,
                        topic_configs=dict(w.config),
                    )
                    for w in missing
                ]
            )
            _refuse_errors(answer)
            await _shown(admin, {w.name for w in missing})
        shown = {t["topic"]: len(t["partitions"]) for t in await admin.describe_topics()}
        _check_partitions({w.name for w in wanted()}, shown, settings)
    return len(missing)


async def _shown(admin: AIOKafkaAdminClient, names: set[str]) -> None:
    """Wait a little for topics just created: a broker knows them a moment later than it says so."""
    for _ in range(SHOWN_LOOKS):
        if names <= set(await admin.list_topics()):
            return
        await asyncio.sleep(SHOWN_PAUSE)


async def check_topics(settings: StackSettings, principal: str) -> None:
    """See to it that a principal, a service most often, has what it works on, before it does anything.

    Raises WrongTopology, naming what is wrong, if a topic of its is missing or has another number of partitions, and
    NotAuthorised if the broker does not let it do all that the contract lets it do.
    """
    needed = grants_of(principal)
    async with asking(settings) as client:
        have = await partitions_of(client, settings.kafka_username, needed)
    _check_partitions({g.name for g in needed if g.resource is Resource.TOPIC}, have, settings)


def _check_partitions(names: Set[str], have: Mapping[str, int], settings: StackSettings) -> None:
    missing = sorted(n for n in names if n not in have)
    if missing:
        raise WrongTopology(
            f"{len(missing)} topics are missing, the first is {missing[0]}: run `counterpoint topics` to create them"
        )
    wrong = sorted(n for n in names if have[n] != settings.kafka_partitions)
    if wrong:
        raise WrongTopology(
            f"{wrong[0]} has {have[wrong[0]]} partitions and COUNTERPOINT_KAFKA_PARTITIONS says "
            f"{settings.kafka_partitions} ({len(wrong)} topics differ): all topics need the same number; "
            "set it to what the cluster has, or create the topics anew"
        )


def _refuse_errors(answer: object) -> None:
    for name, code, *_ in getattr(answer, "topic_errors", ()):
        error = for_code(code)
        if code and error is not TopicAlreadyExistsError:
            raise WrongTopology(f"the cluster refuses to create {name}: {error.__name__}")
