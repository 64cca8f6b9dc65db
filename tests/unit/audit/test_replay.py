"""Whatever is changed in a log afterwards, a replay finds it.

A green run does not prove that a change which leads to the same verdicts is found: no fact of it was needed.
"""

import shutil
from datetime import timedelta

import msgspec
import pytest
from msgspec.structs import replace

from chassis.dead_letters import DeadLetter
from contracts.events import (
    AttemptStarted,
    ContactApproved,
    ContactDeferred,
    ContactRequested,
    ContactVetoed,
    Event,
    OptedOut,
    TextApproved,
)
from contracts.ids import EventId
from contracts.topics import TOPICS
from counterpoint.audit.packs import Pack, Packs, pack_of
from services.compliance.loader import DIRECTORY
from tests.reservation import people
from tests.unit.audit.story import NEW_YORKER, Story, a_story, pack
from tests.unit.compliance.factories import NOON


@pytest.fixture
def story() -> Story:
    return a_story()


@pytest.fixture(scope="module")
def other(tmp_path_factory: pytest.TempPathFactory) -> Pack:
    """Nearly the rules that come with the gate: one has another title."""
    folder = tmp_path_factory.mktemp("other") / "rules"
    shutil.copytree(DIRECTORY, folder)
    path = folder / "house" / "house.rolling-cap.texts-a-day.yaml"
    path.write_text(path.read_text().replace("title: Send", "title: Do send"))
    return pack_of([folder])


def test_an_untouched_log_is_decided_again_without_a_difference(story: Story) -> None:
    found = story.replayed()
    assert (found.decisions, found.differences, found.approvals, found.waiting) == (5, 0, 2, 0)
    assert not found.not_judged


@pytest.mark.parametrize("kind", [ContactApproved, ContactDeferred, ContactVetoed])
def test_one_changed_field_of_a_verdict_is_one_difference(story: Story, kind: type[Event]) -> None:
    record = story.records(kind)[0]
    verdict = story.event(record)
    assert isinstance(verdict, ContactApproved | ContactDeferred | ContactVetoed)
    finding = replace(verdict.findings[0], reason="Because.")
    story.tamper(record, findings=(finding, *verdict.findings[1:]))
    found = story.replayed()
    assert (found.decisions, found.differences) == (5, 1)
    assert verdict.contact_id in found.shown[0].title
    assert found.shown[0].lines[0].startswith("findings/0/reason: recorded 'Because.', decided again")


def test_a_stop_that_is_taken_out_of_the_log_shows(story: Story) -> None:
    story.remove(story.records(OptedOut)[0])
    found = story.replayed()
    assert found.differences >= 1
    assert "does not bear out" in found.shown[0].title


def test_a_stop_that_is_moved_in_time_shows(story: Story) -> None:
    story.tamper(story.records(OptedOut)[0], stated_at=NOON)
    found = story.replayed()
    suppression, of_calls, verdict, review = found.shown
    assert any("counted" in line for line in verdict.lines)
    assert suppression.title != of_calls.title
    for one in (suppression, of_calls):
        assert one.title.startswith("counterpoint.suppressions.v1")
        assert one.lines[0].startswith("since: recorded")
    assert "the ContactsReviewed that follows is not in the log" in review.title


def test_an_attempt_that_is_taken_out_of_the_log_shows(story: Story) -> None:
    story.remove(story.records(AttemptStarted)[0])
    assert story.replayed().differences >= 1


def test_a_verdict_that_is_taken_out_of_the_log_is_missed(story: Story) -> None:
    story.remove(story.records(ContactDeferred)[0])
    assert any("has no verdict" in shown.title for shown in story.replayed().shown)


def test_the_last_verdict_is_missed_too(story: Story) -> None:
    story.remove(story.records(ContactDeferred)[-1])
    found = story.replayed()
    assert (found.differences, found.waiting) == (1, 0)
    assert "has no verdict" in found.shown[0].title


def test_a_request_that_is_taken_out_of_the_log_is_missed(story: Story) -> None:
    story.remove(story.records(ContactRequested)[0])
    assert any("on a request that is not in the log" in shown.title for shown in story.replayed().shown)


def test_an_approval_that_is_taken_out_of_the_log_is_missed(story: Story) -> None:
    story.remove(story.records(TextApproved)[0])
    found = story.replayed()
    assert found.differences == 1
    assert "never reached its channel" in found.shown[0].title


def test_an_approval_that_nobody_gave_is_found(story: Story) -> None:
    record = story.records(TextApproved)[0]
    forged = replace(story.event(record), meta=replace(story.event(record).meta, event_id=EventId("forged")))
    story.runtime.broker.append(record.topic, record.partition, record.key, story.runtime.codec.encode(forged))
    found = story.replayed()
    assert found.differences == 1
    assert "that no verdict in the log allows" in found.shown[0].title


def test_an_approval_with_another_number_is_found_and_no_number_is_shown(story: Story) -> None:
    story.tamper(story.records(TextApproved)[0], to="+12125550199")
    found = story.replayed()
    assert found.differences == 1
    assert found.shown[0].lines == ("to: differs (personal data, not shown)",)


def test_a_repeat_must_have_the_same_bytes(story: Story) -> None:
    record = story.records(ContactVetoed)[0]
    story.runtime.broker.append(record.topic, record.partition, record.key, record.value)
    found = story.replayed()
    assert (found.decisions, found.repeats, found.differences) == (5, 1, 0)
    other = story.runtime.codec.encode(replace(story.event(record), decided_at=NOON + timedelta(days=1)))
    story.runtime.broker.append(record.topic, record.partition, record.key, other)
    found = story.replayed()
    assert (found.decisions, found.repeats, found.differences) == (5, 2, 1)
    assert "not the same bytes" in found.shown[0].title


def test_a_verdict_that_claims_to_have_seen_more_than_there_is_is_found(story: Story) -> None:
    record = story.records(ContactDeferred)[0]
    verdict = story.event(record)
    assert isinstance(verdict, ContactDeferred)
    story.tamper(record, as_of=replace(verdict.as_of, contact_attempts=99))
    found = story.replayed()
    assert found.differences == 1
    assert "does not bear out" in found.shown[0].title


def test_a_request_that_the_gate_has_not_come_to_waits(story: Story) -> None:
    story.runtime.publish(people.request(NEW_YORKER, "new", story.clock.at))
    found = story.replayed()
    assert (found.decisions, found.differences, found.waiting) == (5, 0, 1)


def test_what_the_gate_has_set_aside_is_not_taken_in(story: Story) -> None:
    """A fact that the gate could not read, and we can: it did not count then, and does not now."""
    stop = people.stopped(NEW_YORKER, "unreadable", NOON)
    topic = "counterpoint.consumer-statements.v1"
    partition = story.records(OptedOut)[0].partition
    whole = story.runtime.codec.encode(stop)
    offset = story.runtime.broker.append(topic, partition, b"", b"\xc3\x01" + b"\x00" * 8 + whole[10:])
    story.runtime.publish(people.request(NEW_YORKER, "after", story.clock.at))
    story.go_on()
    story.runtime.broker.records[topic, partition][offset].value = whole
    letters = story.runtime.broker.records[TOPICS[topic].dead_letters("compliance"), partition]
    assert len(letters) == 1
    assert DeadLetter(topic, partition, offset, b"", whole, (), "").record_headers()[-1] in letters[0].headers
    found = story.replayed()
    assert (found.decisions, found.differences) == (6, 0)


def test_decisions_under_a_pack_that_is_gone_are_told_apart(story: Story, other: Pack) -> None:
    found = story.replayed(Packs(other, {}))
    assert (found.decisions, found.differences, sum(found.not_judged.values())) == (0, 0, 5)
    assert "neither on disk nor in the log" in next(iter(found.not_judged))


def test_a_pack_that_the_log_holds_is_used(story: Story, other: Pack) -> None:
    said = {
        file.content["id"]: msgspec.json.encode({k: v for k, v in file.content.items() if k != "cases"}).decode()
        for file in pack().files.values()
    }
    found = story.replayed(Packs(other, {pack().rules.digest: said}))
    assert (found.decisions, found.differences, found.not_judged) == (5, 0, {})


def test_a_pack_in_the_log_that_is_not_what_its_name_says_is_not_used(story: Story, other: Pack) -> None:
    said = {file.content["id"]: msgspec.json.encode(file.content).decode() for file in other.files.values()}
    found = story.replayed(Packs(other, {pack().rules.digest: said}))
    assert (found.decisions, sum(found.not_judged.values())) == (0, 5)


def test_other_time_zone_data_are_told_apart(story: Story) -> None:
    found = story.replayed(zone_data="1999z")
    assert (found.decisions, found.differences, sum(found.not_judged.values())) == (0, 0, 5)
    assert "install the tzdata package" in next(iter(found.not_judged))


def test_another_version_of_the_gate_is_no_difference_by_itself(story: Story) -> None:
    for kind in (ContactApproved, ContactDeferred, ContactVetoed, TextApproved):
        for record in story.records(kind):
            story.tamper(record, meta=replace(story.event(record).meta, producer_version="0.0.9"))
    found = story.replayed()
    assert (found.decisions, found.differences, found.other_version) == (5, 0, 7)
