"""Who may do what, held against the topics' own words, both ways.

Green does not prove that a broker enforces it: tests/integration/secure does.
"""

import pytest

from contracts.access import ADMIN, AUDITOR, Grant, Operation, Resource, grants, grants_of, principals
from contracts.topic import changelog
from contracts.topics import SERVICES, STATEFUL, TOPICS


def written(name: str, operation: Operation) -> set[str]:
    """Who may do this with a topic."""
    return {g.principal for g in grants() if (g.resource, g.name, g.operation) == (Resource.TOPIC, name, operation)}


@pytest.mark.parametrize("name", TOPICS)
def test_a_topic_is_written_by_its_writers_and_read_by_its_readers_and_the_auditor(name: str) -> None:
    assert written(name, Operation.WRITE) == set(TOPICS[name].writers)
    assert written(name, Operation.READ) == {*TOPICS[name].readers, AUDITOR}


def test_nobody_but_its_service_touches_a_changelog() -> None:
    for service in STATEFUL:
        assert written(changelog(service), Operation.WRITE) == written(changelog(service), Operation.READ) == {service}


def test_a_reader_sets_aside_in_its_own_place_only() -> None:
    for topic in TOPICS.values():
        for reader in topic.readers:
            assert written(topic.dead_letters(reader), Operation.WRITE) == {reader}
            assert written(topic.dead_letters(reader), Operation.READ) == {AUDITOR}


def test_there_is_no_grant_beside_those() -> None:
    known = {*TOPICS, *map(changelog, STATEFUL)} | {t.dead_letters(r) for t in TOPICS.values() for r in t.readers}
    assert {g.name for g in grants() if g.resource is Resource.TOPIC} == known
    groups = {g for g in grants() if g.resource is Resource.GROUP}
    readers = {name for t in TOPICS.values() for name in t.readers}
    assert groups == {Grant(name, Resource.GROUP, name, Operation.READ) for name in readers} | {
        Grant(AUDITOR, Resource.GROUP, name, Operation.DESCRIBE) for name in SERVICES
    }


def test_every_party_of_the_contract_is_a_principal_and_the_auditor_writes_nothing() -> None:
    parties = {name for t in TOPICS.values() for name in (*t.writers, *t.readers)}
    assert set(principals()) == parties | {AUDITOR}
    assert len(principals()) == len(set(principals()))
    assert ADMIN not in principals()
    assert not [g for g in grants_of(AUDITOR) if g.operation is Operation.WRITE]
    assert grants() == tuple(g for p in principals() for g in grants_of(p))
    assert len(set(grants())) == len(grants())
