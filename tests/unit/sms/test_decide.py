"""The text channel's decisions: one attempt per approval, a ladder that only rises, replies heard once.

A green run does not prove that calls to the provider keep these promises: tests/integration/sms does.
"""

from datetime import UTC, datetime, timedelta
from itertools import permutations
from urllib.parse import urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import Struct, structs
from msgspec.structs import replace

from chassis.channel.core.decide import UNENDED, ChannelDecider, Patience
from chassis.channel.core.memory import Memory, pack, unpack
from contracts.events import (
    AttemptAccepted,
    AttemptInDoubt,
    AttemptRejected,
    AttemptStarted,
    AttemptStatus,
    AttemptStatusChanged,
    CallbackKind,
    CallbackReceived,
    Channel,
    Event,
    Meta,
    OptedIn,
    OptedOut,
    ReasonClass,
    ReplyIntent,
    ReplyReceived,
    TextApproved,
)
from contracts.ids import AddressId, AttemptId, ConsumerId, ContactId, EventId, derived_id
from services.sms.core.medium import MEDIUM
from services.sms.core.reading import read
from services.sms.core.status import LADDER

NOW = datetime(2026, 10, 19, 16, tzinfo=UTC)
SECOND = timedelta(seconds=1)
PATIENCE = Patience(pauses=(30 * SECOND, 90 * SECOND, 480 * SECOND, 600 * SECOND), unanswered=1800 * SECOND)
CONSUMER = ConsumerId("con-1")


class At(Struct, frozen=True):
    """A context of which only the time matters."""

    now: datetime = NOW


def a_decider() -> ChannelDecider:
    """A decider with an address hash that can be read."""
    return ChannelDecider(
        medium=MEDIUM, read=read, address_of=lambda number: AddressId(f"tel-{number}"), patience=PATIENCE
    )


def a_meta(name: str, at: datetime = NOW) -> Meta:
    """The beginning of an event from outside."""
    event_id = EventId(derived_id(cause="test", name=name, at=at))
    return Meta(event_id, at, CONSUMER, "story", None, "test", "0")


def an_approval(number: int = 1, at: datetime = NOW) -> TextApproved:
    """An approval of a text."""
    contact_id = ContactId(derived_id(cause="contact", name=str(number), at=at))
    address = AddressId("tel-" + "0" * 24)
    return TextApproved(
        a_meta(f"approval/{number}", at), contact_id, address, "+13125550101", "welcome", "en", {}, at + 3600 * SECOND
    )


def a_status(started: AttemptStarted, word: str, code: str | None = None) -> CallbackReceived:
    """A report of Twilio's."""
    form = {"MessageSid": "SM1", "MessageStatus": word, **({"ErrorCode": code} if code else {})}
    return CallbackReceived(
        a_meta(f"status/{word}"),
        "twilio",
        CallbackKind.STATUS,
        started.contact_id,
        started.attempt_id,
        urlencode(form).encode(),
        NOW + SECOND,
    )


def a_message(body: str, sid: str = "SM9") -> CallbackReceived:
    """A text of the consumer."""
    form = urlencode({"MessageSid": sid, "From": "+13125550101", "To": "+12125550199", "Body": body}).encode()
    return CallbackReceived(a_meta(f"said/{sid}"), "twilio", CallbackKind.INBOUND, None, None, form, NOW)


def fold(state: Memory, *events: Event, now: datetime = NOW) -> tuple[Memory, list[Event]]:
    """What a runtime does: decide, fold the event, fold the outcomes, keep it as bytes."""
    decider = a_decider()
    outcomes: list[Event] = []
    for event in events:
        new = decider.decide(state=state, event=event, context=At(now))
        for e in (event, *new):
            state = decider.evolve(state=state, event=e, context=At(now))
        outcomes += new
        state = decider.decode(encoded=decider.encode(state=state))
    return state, outcomes


def started(number: int = 1, at: datetime = NOW, state: Memory | None = None) -> tuple[Memory, AttemptStarted]:
    """A state with an attempt, and the attempt."""
    state, [attempt] = fold(state or Memory(), an_approval(number, at), now=at)
    assert isinstance(attempt, AttemptStarted)
    return state, attempt


def accepted(attempt: AttemptStarted) -> AttemptAccepted:
    """Twilio took it on."""
    common = attempt.contact_id, attempt.attempt_id, attempt.channel, attempt.address_id, attempt.provider
    return AttemptAccepted(MEDIUM.following(attempt.meta, "accepted", NOW), *common, "SM1", NOW)


def rejected(attempt: AttemptStarted, reason: ReasonClass = ReasonClass.NOT_SENT) -> AttemptRejected:
    """Nothing was sent."""
    common = attempt.contact_id, attempt.attempt_id, attempt.channel, attempt.address_id, attempt.provider
    return AttemptRejected(MEDIUM.following(attempt.meta, "rejected", NOW), *common, "why", reason, None, NOW)


def in_doubt(attempt: AttemptStarted, checks: int = 0, at: datetime = NOW) -> AttemptInDoubt:
    """Nobody knows."""
    common = attempt.contact_id, attempt.attempt_id, attempt.channel, attempt.address_id, attempt.provider
    return AttemptInDoubt(
        MEDIUM.following(attempt.meta, "doubt", NOW), *common, "why", at + PATIENCE.pause(checks), checks
    )


def test_an_approval_starts_one_attempt_however_often_it_comes() -> None:
    approval = an_approval()
    state, outcomes = fold(Memory(), approval, approval, replace(approval, meta=a_meta("again")))
    [attempt] = outcomes
    assert isinstance(attempt, AttemptStarted)
    assert (attempt.contact_id, attempt.address_id) == (approval.contact_id, approval.address_id)
    assert (attempt.channel, attempt.provider, attempt.started_at) == (Channel.SMS, "twilio", NOW)
    assert attempt.meta.causation_id == approval.meta.event_id
    assert fold(state, rejected(attempt), approval)[1] == []


def test_the_same_approval_gives_the_same_attempt_to_whoever_decides() -> None:
    attempts = {started(1, NOW)[1].attempt_id for _ in range(3)}
    assert len(attempts) == 1
    assert started(2)[1].attempt_id not in attempts


@pytest.mark.parametrize("order", list(permutations(["queued", "sending", "sent", "delivered"])))
def test_f6_reports_in_any_order_end_as_delivered(order: tuple[str, ...]) -> None:
    state, attempt = started()
    state, outcomes = fold(state, accepted(attempt), *(a_status(attempt, w) for w in order))
    changes = [e for e in outcomes if isinstance(e, AttemptStatusChanged)]
    assert changes[-1].status is AttemptStatus.DELIVERED
    assert [c.terminal for c in changes] == [False] * (len(changes) - 1) + [True]
    assert state == fold(started()[0], accepted(attempt), *(a_status(attempt, w) for w in reversed(order)))[0]


WORDS = st.lists(
    st.sampled_from([*sorted(LADDER.keys() - {"undelivered", "failed", "canceled"}), "odd", ""]), max_size=12
)


@given(words=WORDS, accepted_at=st.integers(0, 12), data=st.data())
def test_f5_f6_reports_in_any_order_with_repeats_end_in_the_same_state(
    words: list[str], accepted_at: int, data: st.DataObject
) -> None:
    before, attempt = started()

    def story(order: list[str]) -> Memory:
        events: list[Event] = [a_status(attempt, w) for w in order]
        events.insert(min(accepted_at, len(events)), accepted(attempt))
        return fold(before, *events)[0]

    other = data.draw(st.permutations(words)) + data.draw(st.lists(st.sampled_from(words or [""]), max_size=4))
    assert story(words) == story(other)


@given(words=st.lists(st.sampled_from([*LADDER, "odd"]), max_size=12))
def test_f22_the_ladder_only_rises_and_the_first_terminal_status_wins(words: list[str]) -> None:
    state, attempt = started()
    _, outcomes = fold(state, accepted(attempt), *(a_status(attempt, w, "30003") for w in words))
    ranks = [
        max(r for r, s in LADDER.values() if s is e.status) for e in outcomes if isinstance(e, AttemptStatusChanged)
    ]
    assert ranks == sorted(set(ranks))
    assert sum(rank == 5 for rank in ranks) <= 1


def test_f16_a_failure_has_its_reason_and_a_block_is_told_as_an_opt_out() -> None:
    state, attempt = started()
    _, [changed] = fold(state, a_status(attempt, "undelivered", "30005"))
    assert isinstance(changed, AttemptStatusChanged)
    assert (changed.reason_class, changed.provider_code) == (ReasonClass.PERMANENT_ADDRESS, "30005")
    _, outcomes = fold(state, *[a_status(attempt, "undelivered", "30004")] * 3)
    assert [type(e) for e in outcomes] == [AttemptStatusChanged, OptedOut]
    assert isinstance(outcomes[1], OptedOut)
    assert (outcomes[1].source, outcomes[1].address_id) == ("provider", attempt.address_id)


def test_f7_a_report_on_an_attempt_that_nobody_made_changes_nothing() -> None:
    _, attempt = started()
    state = Memory()
    assert fold(state, a_status(attempt, "delivered")) == (state, [])
    assert fold(state, replace(a_status(attempt, "delivered"), attempt_id=None)) == (state, [])
    assert fold(state, replace(a_status(attempt, "delivered"), kind=CallbackKind.UNKNOWN)) == (state, [])


def test_doubt_is_followed_up_after_30_seconds_2_minutes_10_minutes_and_then_every_10() -> None:
    state, attempt = started()
    state, _ = fold(state, in_doubt(attempt))
    decider = a_decider()
    at, waits = NOW, []
    for checks in range(1, 7):
        wake_at = decider.wake_at(state=state)
        assert wake_at is not None
        assert decider.wake(state=state, consumer_id=CONSUMER, now=wake_at - SECOND) == []
        [doubt] = decider.wake(state=state, consumer_id=CONSUMER, now=wake_at)
        assert [doubt] == decider.wake(state=state, consumer_id=CONSUMER, now=wake_at)
        assert isinstance(doubt, AttemptInDoubt)
        assert (doubt.checks, doubt.attempt_id, doubt.contact_id) == (checks, attempt.attempt_id, attempt.contact_id)
        assert doubt.address_id == attempt.address_id
        state = decider.evolve(state=state, event=doubt, context=At(wake_at))
        at = wake_at
        waits.append((at - NOW) // SECOND)
    assert waits == [30, 120, 600, 1200, 1800, 2400]


@pytest.mark.parametrize("word", ["accepted", "queued", "sent", "delivered", "undelivered"])
def test_any_report_settles_a_doubt(word: str) -> None:
    state, attempt = started()
    state, outcomes = fold(state, in_doubt(attempt), a_status(attempt, word))
    assert [type(e) for e in outcomes] == [AttemptStatusChanged]
    assert a_decider().wake_at(state=state) is None
    assert fold(state, in_doubt(attempt, 1))[0] == state


def test_an_end_that_nobody_tells_is_asked_for_a_few_times() -> None:
    decider = ChannelDecider(
        medium=MEDIUM, read=read, address_of=AddressId, patience=structs.replace(PATIENCE, ends=(900 * SECOND, SECOND))
    )
    state, attempt = started()
    for event in (accepted(attempt), in_doubt(attempt, 1)):
        state = decider.evolve(state=state, event=event, context=At())
    asked = []
    while (wake_at := decider.wake_at(state=state)) is not None:
        [doubt] = decider.wake(state=state, consumer_id=CONSUMER, now=wake_at)
        assert isinstance(doubt, AttemptInDoubt)
        asked.append((doubt.reason, doubt.checks, (wake_at - NOW) // SECOND))
        ended = a_status(attempt, "delivered")
        [report] = decider.decide(state=state, event=ended, context=At(wake_at))
        assert decider.wake_at(state=decider.evolve(state=state, event=report, context=At(wake_at))) is None
        state = decider.evolve(state=state, event=doubt, context=At(wake_at))
    assert asked == [(UNENDED, 1, 900), (UNENDED, 2, 901)]


@pytest.mark.parametrize("words", [("delivered",), ("sent", "delivered"), ("delivered", "sent"), ("undelivered",)])
def test_nobody_asks_for_an_end_that_is_known(words: tuple[str, ...]) -> None:
    decider = ChannelDecider(
        medium=MEDIUM, read=read, address_of=AddressId, patience=structs.replace(PATIENCE, ends=(900 * SECOND,))
    )
    state, attempt = started()
    for event in (*(a_status(attempt, word) for word in words), accepted(attempt)):
        for e in (event, *decider.decide(state=state, event=event, context=At())):
            state = decider.evolve(state=state, event=e, context=At())
    assert decider.wake_at(state=state) is None


def test_a_report_after_not_sent_is_told_all_the_same() -> None:
    state, attempt = started()
    state, outcomes = fold(state, in_doubt(attempt), rejected(attempt), a_status(attempt, "sent"))
    assert [type(e) for e in outcomes] == [AttemptStatusChanged]


def test_an_attempt_of_which_nothing_was_recorded_is_asked_after() -> None:
    state, attempt = started()
    assert a_decider().wake_at(state=state) == NOW + PATIENCE.unanswered
    [doubt] = a_decider().wake(state=state, consumer_id=CONSUMER, now=NOW + PATIENCE.unanswered)
    assert isinstance(doubt, AttemptInDoubt)
    for end in (accepted(attempt), rejected(attempt)):
        assert a_decider().wake_at(state=fold(state, end)[0]) is None


def test_a_stop_is_a_reply_and_an_opt_out_and_a_repeat_is_neither() -> None:
    state, outcomes = fold(Memory(), a_message("Stop"), a_message("Stop"))
    assert [type(e) for e in outcomes] == [ReplyReceived, OptedOut]
    reply, opted_out = outcomes
    assert isinstance(reply, ReplyReceived)
    assert isinstance(opted_out, OptedOut)
    assert (reply.intent, reply.text, reply.provider_id) == (ReplyIntent.OPT_OUT, "Stop", "SM9")
    assert opted_out.address_id == reply.address_id == "tel-+13125550101"
    assert opted_out.source == "keyword"
    assert [type(e) for e in fold(state, a_message("START", "SM10"))[1]] == [ReplyReceived, OptedIn]
    assert [type(e) for e in fold(state, a_message("how much?", "SM11"))[1]] == [ReplyReceived]


def test_memory_stays_small() -> None:
    state = Memory()
    for i in range(12):
        at = NOW + timedelta(days=2.5 * i)
        state, attempt = started(i, at, state)
        state, _ = fold(state, accepted(attempt), a_status(attempt, "delivered"), a_message("hello", f"SM{i:032x}"))
    assert len(state.attempts) == 12
    assert len(a_decider().encode(state=state)) < 1024


def test_attempts_are_forgotten_after_thirty_days_unless_in_doubt() -> None:
    state, first = started(1)
    state, _ = fold(state, accepted(first))
    state, second = started(2, NOW + SECOND, state)
    state, _ = fold(state, in_doubt(second))
    state, third = started(3, NOW + timedelta(days=31), state)
    remembered = {unpack(a.attempt_id) for a in state.attempts}
    assert remembered == {second.attempt_id, third.attempt_id}


def test_unreadable_memory_is_not_believed() -> None:
    with pytest.raises(ValueError):
        a_decider().decode(encoded=b"\xc1 nonsense")


@given(st.text(max_size=60))
def test_every_id_can_be_packed(identifier: str) -> None:
    assert unpack(pack(identifier)) == identifier


def test_uuids_are_packed_small() -> None:
    identifier = AttemptId("0199f000-0000-7000-8000-00000000abcd")
    assert unpack(pack(identifier)) == identifier
    assert len(pack(identifier)) == 17
