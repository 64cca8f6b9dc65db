"""Caps and waits: what counts, for whom, and from which date to which.

Green does not prove that channels report every contact.
"""

import pytest

from contracts.events import Finding, FindingResult
from services.compliance.core.codes import CHANNELS, OUTCOMES, Outcome
from services.compliance.core.rules.rule import Rule
from services.compliance.core.state import ConsumerState, Contact
from tests.unit.compliance.factories import NEW_YORK, a_cap, a_rule, an_ask, at, in_zones

CALLS = a_cap(7, 7, per="debt", counts=["voice"], **{"except": ["busy", "not-in-service", "rejected"]})
A_DAY = a_cap(1, 1)
A_WEEK = a_cap(3, 7)
WAIT = a_rule("cooldown", days=7, per="debt", after=["voice"], outcomes=["answered", "conversation", "called-us"])


def contacts(*some: tuple[str, str, str, int]) -> tuple[Contact, ...]:
    """Contacts from (when, channel, outcome, debts)."""
    made = [
        Contact(n, at(when), debts, CHANNELS[channel.upper()], 1, OUTCOMES[outcome], 100 + n)
        for n, (when, channel, outcome, debts) in enumerate(some)
    ]
    return tuple(sorted(made, key=lambda c: -c.at))


def calls(count: int, outcome: str = "NO_ANSWER", debts: int = 1) -> tuple[tuple[str, str, str, int], ...]:
    """A call a day from 1 April on."""
    return tuple((f"2026-04-0{d}T10:00:00-04:00", "voice", outcome, debts) for d in range(1, count + 1))


def ask(rule: Rule, state: ConsumerState, when: str, debts: int = 1) -> Finding:
    """What a rule says."""
    return rule.judge(an_ask(state, debts=debts), at(when))


def earliest(finding: Finding) -> str | None:
    """When it lets go, None if it does not hold."""
    if finding.result is FindingResult.ALLOWED:
        return None
    assert finding.earliest_at is not None
    return finding.earliest_at.isoformat()


@pytest.mark.parametrize(
    ("count", "when", "free"),
    [
        (6, "2026-04-07T15:00:00-04:00", None),
        (7, "2026-04-07T15:00:00-04:00", "2026-04-08T04:00:00+00:00"),
        (7, "2026-04-07T23:59:59-04:00", "2026-04-08T04:00:00+00:00"),
        (7, "2026-04-08T00:00:00-04:00", None),
        (8, "2026-04-08T15:00:00-04:00", "2026-04-09T04:00:00+00:00"),
    ],
)
def test_the_eighth_call_in_seven_dates_waits(count: int, when: str, free: str | None) -> None:
    state = in_zones(NEW_YORK, contacts=contacts(*calls(count)))
    assert earliest(ask(CALLS, state, when)) == free


@pytest.mark.parametrize(
    "outcome", [o for o in OUTCOMES if o not in ("BUSY", "NOT_IN_SERVICE", "REJECTED", "CALLED_US")]
)
def test_every_outcome_counts_but_those_that_are_excepted(outcome: str) -> None:
    state = in_zones(NEW_YORK, contacts=contacts(*calls(6), ("2026-04-07T10:00:00-04:00", "voice", outcome, 1)))
    assert ask(CALLS, state, "2026-04-07T15:00:00-04:00").result is FindingResult.DEFERRED


@pytest.mark.parametrize("outcome", ["BUSY", "NOT_IN_SERVICE", "REJECTED", "CALLED_US"])
def test_no_connection_nothing_sent_and_the_consumers_own_call_do_not_count(outcome: str) -> None:
    state = in_zones(NEW_YORK, contacts=contacts(*calls(6), ("2026-04-07T10:00:00-04:00", "voice", outcome, 1)))
    assert ask(CALLS, state, "2026-04-07T15:00:00-04:00").result is FindingResult.ALLOWED


def test_other_channels_do_not_count() -> None:
    state = in_zones(NEW_YORK, contacts=contacts(*calls(6), ("2026-04-07T10:00:00-04:00", "sms", "DELIVERED", 1)))
    assert ask(CALLS, state, "2026-04-07T15:00:00-04:00").result is FindingResult.ALLOWED


def test_each_debt_has_a_count_of_its_own_and_the_fullest_decides() -> None:
    state = in_zones(NEW_YORK, contacts=contacts(*calls(7, debts=1), *calls(6, debts=2)))
    when = "2026-04-07T15:00:00-04:00"
    assert ask(CALLS, state, when, debts=1).result is FindingResult.DEFERRED
    assert ask(CALLS, state, when, debts=2).result is FindingResult.ALLOWED
    both = ask(CALLS, state, when, debts=3)
    assert both.result is FindingResult.DEFERRED
    assert len(both.counted) == 7


def test_a_call_about_two_debts_counts_for_both() -> None:
    state = in_zones(NEW_YORK, contacts=contacts(*calls(7, debts=3)))
    for debts in (1, 2, 3):
        assert ask(CALLS, state, "2026-04-07T15:00:00-04:00", debts=debts).result is FindingResult.DEFERRED
    assert ask(CALLS, state, "2026-04-07T15:00:00-04:00", debts=4).result is FindingResult.ALLOWED


def test_many_calls_spread_over_debts_fill_none() -> None:
    state = in_zones(NEW_YORK, contacts=contacts(*calls(5, debts=1), *calls(5, debts=2)))
    finding = ask(CALLS, state, "2026-04-07T15:00:00-04:00", debts=3)
    assert finding.result is FindingResult.ALLOWED
    assert len(finding.counted) == 10


def test_of_two_full_debts_the_one_that_is_free_last_decides() -> None:
    later = tuple((when.replace("-04:00", "-03:00"), c, o, d) for when, c, o, d in calls(7, debts=2))
    state = in_zones(
        NEW_YORK, contacts=contacts(*calls(7, debts=1), *later[1:], ("2026-04-07T12:00:00-04:00", "voice", "BUSY", 2))
    )
    finding = ask(CALLS, state, "2026-04-07T15:00:00-04:00", debts=3)
    assert earliest(finding) == "2026-04-08T04:00:00+00:00"


def test_says_what_it_counted_and_where_that_stands() -> None:
    state = in_zones(
        NEW_YORK,
        contacts=contacts(
            ("2026-10-19T09:00:00-04:00", "sms", "DELIVERED", 1), ("2026-10-18T09:00:00-04:00", "sms", "RESERVED", 1)
        ),
    )
    finding = ask(A_WEEK, state, "2026-10-20T12:00:00-04:00")
    assert finding.result is FindingResult.ALLOWED
    assert [(c.topic, c.partition, c.offset) for c in finding.counted] == [
        ("counterpoint.contact-attempts.v1", 3, 100),
        ("counterpoint.contact-requests.v1", 3, 101),
    ]
    assert finding.counted[0].occurred_at.isoformat() == "2026-10-19T13:00:00+00:00"


def test_the_one_text_of_a_date_frees_the_next_date() -> None:
    state = in_zones(NEW_YORK, contacts=contacts(("2026-10-19T20:59:59-04:00", "sms", "DELIVERED", 1)))
    assert earliest(ask(A_DAY, state, "2026-10-19T21:30:00-04:00")) == "2026-10-20T04:00:00+00:00"
    assert earliest(ask(A_DAY, state, "2026-10-20T00:00:00-04:00")) is None


def test_a_cap_holds_while_any_plausible_zone_holds_it() -> None:
    zones = (NEW_YORK, "Pacific/Honolulu")
    state = in_zones(*zones, contacts=contacts(("2026-10-19T20:00:00-04:00", "sms", "DELIVERED", 1)))
    assert earliest(ask(A_DAY, state, "2026-10-20T05:59:59-04:00")) == "2026-10-20T10:00:00+00:00"
    assert earliest(ask(A_DAY, state, "2026-10-20T06:00:00-04:00")) is None
    # Past midnight in New York it belongs to the next date there, and to the same one in Honolulu.
    state = in_zones(*zones, contacts=contacts(("2026-10-20T00:30:00-04:00", "sms", "DELIVERED", 1)))
    assert earliest(ask(A_DAY, state, "2026-10-20T12:00:00-04:00")) == "2026-10-21T04:00:00+00:00"


@pytest.mark.parametrize(
    ("first", "when", "free"),
    [
        ("2026-10-27T20:30:00-04:00", "2026-11-02T23:59:59-05:00", "2026-11-03T05:00:00+00:00"),
        ("2026-10-27T20:30:00-04:00", "2026-11-03T00:00:00-05:00", None),
        ("2026-03-03T20:30:00-05:00", "2026-03-09T23:59:59-04:00", "2026-03-10T04:00:00+00:00"),
        ("2026-03-03T20:30:00-05:00", "2026-03-10T00:00:00-04:00", None),
    ],
)
def test_counts_dates_across_a_clock_change(first: str, when: str, free: str | None) -> None:
    state = in_zones(NEW_YORK, contacts=contacts(*[(first, "sms", "DELIVERED", 1)] * 3))
    assert earliest(ask(A_WEEK, state, when)) == free


def test_a_contact_in_the_future_counts() -> None:
    state = in_zones(NEW_YORK, contacts=contacts(("2026-10-21T12:00:00-04:00", "sms", "DELIVERED", 1)))
    assert earliest(ask(A_DAY, state, "2026-10-19T12:00:00-04:00")) == "2026-10-22T04:00:00+00:00"


@pytest.mark.parametrize(
    ("talked", "when", "free"),
    [
        ("2026-08-11T14:00:00-04:00", "2026-08-11T15:00:00-04:00", "2026-08-18T04:00:00+00:00"),
        ("2026-08-11T14:00:00-04:00", "2026-08-17T18:00:00-04:00", "2026-08-18T04:00:00+00:00"),
        ("2026-08-11T00:00:00-04:00", "2026-08-17T23:59:59-04:00", "2026-08-18T04:00:00+00:00"),
        ("2026-08-11T23:59:59-04:00", "2026-08-18T00:00:00-04:00", None),
        ("2026-03-05T20:30:00-05:00", "2026-03-12T08:05:00-04:00", None),
        ("2026-10-28T19:00:00-04:00", "2026-11-03T20:00:00-05:00", "2026-11-04T05:00:00+00:00"),
    ],
)
def test_after_a_conversation_its_date_and_six_more_are_closed(talked: str, when: str, free: str | None) -> None:
    state = in_zones(NEW_YORK, contacts=contacts((talked, "voice", "CONVERSATION", 1)))
    assert earliest(ask(WAIT, state, when)) == free


@pytest.mark.parametrize("outcome", list(OUTCOMES))
def test_waits_after_a_conversation_or_what_may_have_been_one(outcome: str) -> None:
    state = in_zones(NEW_YORK, contacts=contacts(("2026-08-11T14:00:00-04:00", "voice", outcome, 1)))
    held = ask(WAIT, state, "2026-08-12T12:00:00-04:00").result is FindingResult.DEFERRED
    assert held == (outcome in ("ANSWERED", "CONVERSATION", "CALLED_US"))


def test_waits_only_for_the_debts_that_were_talked_about() -> None:
    state = in_zones(NEW_YORK, contacts=contacts(("2026-08-11T14:00:00-04:00", "voice", "CONVERSATION", 1)))
    assert ask(WAIT, state, "2026-08-12T12:00:00-04:00", debts=2).result is FindingResult.ALLOWED
    assert ask(WAIT, state, "2026-08-12T12:00:00-04:00", debts=3).result is FindingResult.DEFERRED
    anyone = a_rule("cooldown", days=7, per="consumer", after=["voice"], outcomes=["conversation"])
    assert ask(anyone, state, "2026-08-12T12:00:00-04:00", debts=2).result is FindingResult.DEFERRED


def test_the_newest_conversation_decides_and_others_are_passed_over() -> None:
    state = in_zones(
        NEW_YORK,
        contacts=contacts(
            ("2026-08-11T14:00:00-04:00", "voice", "CONVERSATION", 1),
            ("2026-08-13T14:00:00-04:00", "voice", "CONVERSATION", 1),
            ("2026-08-14T14:00:00-04:00", "sms", "CONVERSATION", 1),
            ("2026-08-14T15:00:00-04:00", "voice", "NO_ANSWER", 1),
        ),
    )
    finding = ask(WAIT, state, "2026-08-15T12:00:00-04:00")
    assert earliest(finding) == "2026-08-20T04:00:00+00:00"
    assert [c.offset for c in finding.counted] == [101]


def test_one_call_of_the_consumer_is_evidence_from_the_statements() -> None:
    state = in_zones(NEW_YORK, contacts=contacts(("2026-08-11T14:00:00-04:00", "voice", "CALLED_US", 1)))
    assert ask(WAIT, state, "2026-08-12T12:00:00-04:00").counted[0].topic == "counterpoint.consumer-statements.v1"


def test_every_outcome_is_worth_more_than_a_reservation() -> None:
    assert min(Outcome) is Outcome.RESERVED
