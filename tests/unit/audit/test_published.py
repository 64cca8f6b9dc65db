"""What the gate published because of facts alone is judged again too, and whatever is changed in it is found.

A green run does not prove that nothing is missed where a compacted topic has lost what a later record replaced.
"""

from datetime import timedelta

import pytest
from msgspec.structs import replace

from chassis.runtime.memory import Record
from contracts.events import AccountPlaced, Channel, ContactsReviewed, OptedIn, SuppressionChanged
from contracts.ids import AddressId, EventId
from counterpoint.audit.tally import Tally
from tests.reservation import people
from tests.unit.audit.story import ANGELENO, NEW_YORKER, Story, a_story
from tests.unit.compliance.factories import NOON, a_phone

on_each_channel = pytest.mark.parametrize("channel", [Channel.SMS, Channel.VOICE])


@pytest.fixture
def story() -> Story:
    """One consumer has said stop; of the other's we learn late, when a text has gone out; then all is taken back."""
    story = a_story()
    story.runtime.publish(people.stopped(ANGELENO, "late", NOON - timedelta(hours=1)))
    story.go_on()
    story.clock.at += timedelta(hours=1)
    story.runtime.publish(people.started_again(NEW_YORKER, "again", story.clock.at))
    story.go_on()
    return story


def only(found: Tally) -> str:
    """The title of the only difference."""
    assert found.differences == 1, found.shown
    return found.shown[0].title


def place(record: Record, story: Story) -> str:
    """Where a record stands, as a difference names it."""
    offset = story.runtime.broker.records[record.topic, record.partition].index(record)
    return f"{record.topic}[{record.partition}] offset {offset}"


def suppression(story: Story, n: int, channel: Channel = Channel.SMS) -> Record:
    """The nth on a channel: the New Yorker's stop, the Angeleno's, and the end of the first."""
    found = story.records(SuppressionChanged)
    return [record for record in found if getattr(story.event(record), "channel") is channel][n]  # noqa: B009 - all are


def test_an_untouched_log_has_no_difference(story: Story) -> None:
    found = story.replayed()
    assert (found.suppressions, found.reviews, found.differences, found.not_judged) == (6, 1, 0, {})


def test_a_stop_bars_texts_and_calls_alike(story: Story) -> None:
    by_channel: dict[Channel, list[tuple[AddressId, bool]]] = {}
    for event in map(story.event, story.records(SuppressionChanged)):
        assert isinstance(event, SuppressionChanged)
        by_channel.setdefault(event.channel, []).append((event.address_id, event.active))
    assert by_channel.keys() == {Channel.SMS, Channel.VOICE}
    assert by_channel[Channel.SMS] == by_channel[Channel.VOICE]
    assert [active for _, active in by_channel[Channel.SMS]] == [True, True, False]


@on_each_channel
@pytest.mark.parametrize("n", [0, 1, 2])
@pytest.mark.parametrize("field", ["active", "since", "reason", "address_id"])
def test_one_changed_field_of_a_suppression_is_found(story: Story, n: int, field: str, channel: Channel) -> None:
    record = suppression(story, n, channel)
    was = story.event(record)
    assert isinstance(was, SuppressionChanged)
    other = {
        "active": not was.active,
        "since": was.since + timedelta(hours=1),
        "reason": "us.other",
        "address_id": AddressId("tel-of-nobody"),
    }
    story.tamper(record, **{field: other[field]})
    found = story.replayed()
    titles = [shown.title for shown in found.shown]
    assert titles[0] == place(record, story)
    missed = ["the SuppressionChanged that follows is not in the log"] if field == "address_id" else []
    assert [title.split(": ")[-1] for title in titles[1:]] == missed
    assert found.suppressions == 4, "neither of the two that the fact led to is counted as borne out"


@on_each_channel
@pytest.mark.parametrize("n", [0, 1, 2])
def test_a_suppression_that_claims_another_time_is_found_and_no_other(story: Story, n: int, channel: Channel) -> None:
    record = suppression(story, n, channel)
    meta = story.event(record).meta
    story.tamper(record, meta=replace(meta, occurred_at=meta.occurred_at + timedelta(hours=1)))
    found = story.replayed()
    assert only(found) == place(record, story)
    assert found.shown[0].lines[0].startswith("meta/occurred_at")


def test_a_stop_that_claims_another_time_on_all_channels_is_found(story: Story) -> None:
    first, second = (suppression(story, 1, channel) for channel in (Channel.SMS, Channel.VOICE))
    for record in (first, second):
        meta = story.event(record).meta
        story.tamper(record, meta=replace(meta, occurred_at=meta.occurred_at + timedelta(hours=1)))
    found = story.replayed()
    assert {shown.title for shown in found.shown} == {place(first, story), place(second, story)}


@on_each_channel
@pytest.mark.parametrize("n", [1, 2])
def test_a_suppression_that_is_taken_out_is_missed(story: Story, n: int, channel: Channel) -> None:
    story.remove(suppression(story, n, channel))
    assert "the SuppressionChanged that follows is not in the log" in only(story.replayed())


@on_each_channel
def test_what_a_later_record_has_replaced_may_be_gone(story: Story, channel: Channel) -> None:
    story.remove(suppression(story, 0, channel))
    found = story.replayed()
    assert (found.suppressions, found.differences) == (5, 0)


def test_a_suppression_that_nobody_said_is_found(story: Story) -> None:
    record = suppression(story, 0)
    forged = replace(story.event(record).meta, causation_id=EventId("forged"))
    value = story.runtime.codec.encode(replace(story.event(record), meta=forged))
    story.runtime.broker.append(record.topic, record.partition, record.key, value)
    assert "that no fact in the log leads to" in only(story.replayed())


def test_a_suppression_that_cannot_be_read_is_found(story: Story) -> None:
    record = suppression(story, 2)
    story.runtime.broker.append(record.topic, record.partition, record.key, b"nonsense")
    assert "cannot be read" in only(story.replayed())


def test_a_repeat_must_have_the_same_bytes(story: Story) -> None:
    record = suppression(story, 2)
    story.runtime.broker.append(record.topic, record.partition, record.key, record.value)
    assert story.replayed().differences == 0
    story.tamper(story.records(SuppressionChanged)[-1], reason="us.other")
    assert "and not with the same bytes" in only(story.replayed())


def test_a_changed_review_is_found(story: Story) -> None:
    record = story.records(ContactsReviewed)[0]
    review = story.event(record)
    assert isinstance(review, ContactsReviewed)
    story.tamper(record, findings=(replace(review.findings[0], reason="It was fine."), *review.findings[1:]))
    found = story.replayed()
    assert "contact-verdicts.v1" in only(found)
    assert found.shown[0].lines[0].startswith("findings/0/reason: recorded 'It was fine.'")


def test_a_review_that_is_taken_out_is_missed(story: Story) -> None:
    story.remove(story.records(ContactsReviewed)[0])
    assert "the ContactsReviewed that follows is not in the log" in only(story.replayed())


def test_a_stop_that_is_taken_back_in_the_log_alone_is_found(story: Story) -> None:
    story.remove(story.records(OptedIn)[0])
    found = story.replayed()
    ends = [place(suppression(story, 2, channel), story) for channel in (Channel.SMS, Channel.VOICE)]
    assert [shown.title.split(": ")[0] for shown in found.shown] == ends
    assert all("that no fact in the log leads to" in shown.title for shown in found.shown)


def test_a_fact_that_the_gate_has_not_come_to_leads_to_nothing_yet(story: Story) -> None:
    story.clock.at += timedelta(hours=1)
    story.runtime.publish(people.stopped(NEW_YORKER, "new", story.clock.at))
    found = story.replayed()
    assert (found.suppressions, found.differences) == (6, 0)


def test_which_of_two_facts_came_first_is_told_by_what_followed(story: Story) -> None:
    """A new number is placed after the stop on all texts, and yet carries an earlier time."""
    story.clock.at += timedelta(hours=1)
    story.runtime.publish(people.stopped(NEW_YORKER, "at last", story.clock.at))
    story.go_on()
    number = a_phone(AddressId("tel-new"), when=story.clock.at)
    placement = people.placed(NEW_YORKER, story.clock.at)
    story.runtime.publish(replace(placement, phones=(number,)))
    story.go_on()
    placed = story.records(AccountPlaced)[-1]
    placed.timestamp -= 1_000_000
    found = story.replayed()
    assert (found.suppressions, found.differences, found.not_judged) == (9, 0, {})
