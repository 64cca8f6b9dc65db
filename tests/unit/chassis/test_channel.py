"""The send loop that channels share, with a provider that answers as it is told.

A green run does not prove that a real provider's answers are understood; each channel's own tests do that.
"""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import msgspec
import pytest

from chassis.channel.core.outcome import Reading, Verdict
from chassis.channel.provider import (
    Absent,
    Accepted,
    Answer,
    Finding,
    InDoubt,
    LockedOut,
    Rejected,
    Unknowable,
    Unsent,
    answer_of,
)
from chassis.channel.sending import Channel, Limits
from chassis.failures import Halted
from chassis.retry import MOST, Backoff
from chassis.runtime.memory import HandClock
from chassis.service import Done, Position
from contracts.events import (
    AttemptAccepted,
    AttemptInDoubt,
    AttemptRejected,
    AttemptStarted,
    Event,
    OptedOut,
    ReasonClass,
    TextApproved,
)
from contracts.events import Channel as Medium
from contracts.ids import AddressId, AttemptId, ContactId
from tests.contract.tally import START, meta

ADDRESS = AddressId("tel-1")


class Scripted:
    """Answers in turn; the last answer for ever."""

    def __init__(self, answers: Sequence[Answer] = (), findings: Sequence[Finding] = ()) -> None:
        self.answers, self.findings = list(answers), list(findings)
        self.sent = 0
        self.asked = 0

    async def send(self, *, message: str, attempt: AttemptStarted, time_left: timedelta) -> Answer:
        self.sent += 1
        return self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]

    async def find(self, *, attempt: AttemptStarted | AttemptInDoubt) -> Finding:
        self.asked += 1
        return self.findings.pop(0) if len(self.findings) > 1 else self.findings[0]


class Fixture:
    """A channel, its provider, and who is barred."""

    def __init__(self, *, answers: Sequence[Answer] = (), findings: Sequence[Finding] = ()) -> None:
        self.provider = Scripted(answers, findings)
        self.barred: set[AddressId] = set()
        self.clock = HandClock(START)
        self.channel: Channel[str] = Channel(
            provider=self.provider,
            compose=self.compose,
            refuses=self.refuses,
            clock=self.clock,
            limits=Limits(timedelta(seconds=1), timedelta(minutes=10), 1.0, timedelta(minutes=1), 3, 4),
        )
        self.composed: str | Rejected = "a text"

    def refuses(self, approval: Any) -> Rejected | None:
        barred = approval.address_id in self.barred
        return Rejected("suppressed", ReasonClass.OPTED_OUT) if barred else None

    def compose(self, approved: Any, started: AttemptStarted) -> str | Rejected:
        return self.composed

    async def send(self, *, repeat: bool = False) -> Sequence[Event]:
        return await self.channel.send([Done(started(), approved(), Position("t", 0, 1), repeat)])

    async def check(self, checks: int) -> Sequence[Event]:
        doubt = in_doubt(checks)
        return await self.channel.check([Done(doubt, doubt, Position("t", 0, 1), False)])


def approved() -> TextApproved:
    expires_at = START + timedelta(hours=1)
    return TextApproved(
        meta("con-1", "approval"), ContactId("c-1"), ADDRESS, "+12125550101", "welcome", "en", {}, expires_at
    )


def started() -> AttemptStarted:
    return AttemptStarted(
        meta("con-1", "started"), ContactId("c-1"), AttemptId("a-1"), Medium.SMS, ADDRESS, "twilio", START
    )


def in_doubt(checks: int) -> AttemptInDoubt:
    at = START + timedelta(minutes=1)
    return AttemptInDoubt(
        meta("con-1", "doubt"), ContactId("c-1"), AttemptId("a-1"), Medium.SMS, ADDRESS, "twilio", "timeout", at, checks
    )


async def test_what_the_provider_took_is_accepted() -> None:
    made = Fixture(answers=[Accepted("SM1")])
    (event,) = await made.send()
    assert isinstance(event, AttemptAccepted)
    assert event.provider_id == "SM1"


@pytest.mark.parametrize("asked", ["0", "-5", "1000000000", "nan", "inf", "Wed, 21 Oct 2026 07:28:00 GMT", "soon", ""])
def test_f11_no_retry_after_makes_anybody_wait_for_years(asked: str) -> None:
    reading = Reading(Verdict.UNSENT, "too-many-requests", ReasonClass.TECHNICAL, None)
    answer = answer_of(reading, provider_id="", retry_after=asked, act="")
    assert isinstance(answer, Unsent)
    assert 0 < Backoff().next(answer.retry_after) <= MOST


async def test_what_was_certainly_not_sent_is_tried_again() -> None:
    made = Fixture(answers=[Unsent("busy"), Unsent("busy", 0.1), Accepted("SM1")])
    (event,) = await made.send()
    assert isinstance(event, AttemptAccepted)
    assert made.provider.sent == 3


async def test_trying_again_ends_when_its_time_is_over() -> None:
    made = Fixture(answers=[Unsent("busy", 0.3)])
    (event,) = await made.send()
    assert isinstance(event, AttemptRejected)
    assert (event.reason, event.reason_class) == ("busy", ReasonClass.TECHNICAL)


async def test_an_unknown_outcome_is_never_tried_again() -> None:
    made = Fixture(answers=[InDoubt("timeout")])
    (event,) = await made.send()
    assert isinstance(event, AttemptInDoubt)
    assert (event.next_check_at, event.checks, made.provider.sent) == (START + timedelta(minutes=1), 0, 1)


async def test_who_is_barred_at_the_last_look_is_not_called() -> None:
    made = Fixture(answers=[Accepted("SM1")])
    made.barred.add(ADDRESS)
    (event,) = await made.send()
    assert isinstance(event, AttemptRejected)
    assert (event.reason_class, made.provider.sent) == (ReasonClass.OPTED_OUT, 0)


@pytest.mark.parametrize("left", [timedelta(seconds=1), timedelta(0), -timedelta(days=1)])
async def test_an_approval_that_ends_within_the_margin_is_not_used(left: timedelta) -> None:
    made = Fixture(answers=[Accepted("SM1")])
    made.clock.at = START + timedelta(hours=1) - left
    (event,) = await made.send()
    assert isinstance(event, AttemptRejected)
    assert (event.reason_class, made.provider.sent) == (ReasonClass.EXPIRED, 0)


async def test_no_call_begins_when_another_worker_may_believe_that_there_was_none() -> None:
    made = Fixture(answers=[Accepted("SM1")])
    made.clock.at = START + timedelta(minutes=10)
    (event,) = await made.send()
    assert isinstance(event, AttemptRejected)
    assert (event.reason, made.provider.sent) == ("waited-too-long", 0)


async def test_what_cannot_be_composed_is_not_sent() -> None:
    made = Fixture(answers=[Accepted("SM1")])
    made.composed = Rejected("template", ReasonClass.TECHNICAL)
    (event,) = await made.send()
    assert isinstance(event, AttemptRejected)
    assert made.provider.sent == 0


@pytest.mark.parametrize(
    ("finding", "kind"),
    [(Accepted("SM1"), AttemptAccepted), (Absent(), AttemptInDoubt), (InDoubt("?"), AttemptInDoubt)],
)
async def test_after_a_crash_the_provider_is_asked_and_nothing_is_sent(finding: Finding, kind: type[Event]) -> None:
    made = Fixture(answers=[Accepted("SM2")], findings=[finding])
    (event,) = await made.send(repeat=True)
    assert isinstance(event, kind)
    assert made.provider.sent == 0


async def test_absence_is_believed_only_after_so_many_checks() -> None:
    made = Fixture(findings=[Absent()])
    assert [await made.check(n) for n in (1, 2)] == [[], []]
    (event,) = await made.check(3)
    assert isinstance(event, AttemptRejected)
    assert event.reason_class is ReasonClass.NOT_SENT


async def test_where_nobody_can_be_asked_it_counts_as_sent_after_the_last_check() -> None:
    made = Fixture(findings=[Unknowable()])
    assert [await made.check(n) for n in (1, 2)] == [[], []]
    (event,) = await made.check(3)
    assert isinstance(event, AttemptAccepted)
    assert (event.provider_id, event.provider) == ("", "twilio")
    (doubt,) = await made.send(repeat=True)
    assert isinstance(doubt, AttemptInDoubt)


async def test_a_provider_that_locks_us_out_stops_the_worker() -> None:
    made = Fixture(answers=[LockedOut("the token is wrong: set COUNTERPOINT_SMS_AUTH_TOKEN")])
    with pytest.raises(Halted, match="COUNTERPOINT_SMS_AUTH_TOKEN"):
        await made.send()
    with pytest.raises(Halted):
        await made.send()
    assert made.provider.sent == 1


async def test_an_opt_out_that_only_the_provider_knew_becomes_a_statement() -> None:
    made = Fixture(answers=[Rejected("opted out", ReasonClass.OPTED_OUT, "21610")])
    rejected, opted_out = await made.send()
    assert isinstance(rejected, AttemptRejected)
    assert isinstance(opted_out, OptedOut)
    assert opted_out.address_id == ADDRESS


async def test_told_twice_an_answer_has_one_id() -> None:
    first = Fixture(answers=[Accepted("SM1")])
    second = Fixture(answers=[], findings=[Accepted("SM1")])
    second.clock.at += timedelta(minutes=5)
    (told,), (again,) = await first.send(), await second.send(repeat=True)
    assert told.meta.event_id == again.meta.event_id
    assert msgspec.structs.replace(again, meta=told.meta, accepted_at=START) == told
