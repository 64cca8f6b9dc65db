"""What each kind of step does, event by event: waits that are for something, forks, experiments, and agents.

Green does not prove that events come in the order in which they happened: late ones are tried, not all.
"""

from collections import Counter
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any

import pytest
from msgspec.structs import replace

from contracts.events import AttemptStatus, ContactRequested, Event, ReasonClass, ReplyIntent
from contracts.ids import ConsumerId, DebtId
from services.orchestrator.core.codes import MOST_ASKED, Consent, Progress, seconds
from services.orchestrator.core.conditions import holds
from services.orchestrator.core.decide import decide
from services.orchestrator.core.state import FRESH, Account, Consumer, Contact, Payment, Phone, Place
from services.orchestrator.core.strategy import Strategies
from services.orchestrator.loader import LIBRARY, StrategyFile, load_files, strategies_of
from tests.unit.compliance.factories import CARD, LOAN, a_meta, a_reply, an_account, opted_out
from tests.unit.orchestrator.factories import NEW_YORK_NINE, Talk, accepted, approved, rejected, status, vetoed
from tests.unit.orchestrator.test_conversation import paid

MINUTE = timedelta(minutes=1)
DAY = timedelta(days=1)
(STEADY,) = [file for file in load_files(LIBRARY) if file.name == "steady@1"]
TEXT = STEADY.content["steps"][0]
DONE = {"id": "done", "kind": "exit", "reason": "completed"}
AGENTS = {"id": "agents", "kind": "assign", "to": "agents"}
LATER = {"id": "later", "kind": "exit", "reason": "gave-up"}


def strategies(*steps: Mapping[str, Any]) -> Strategies:
    """A strategy of these steps."""
    return strategies_of([StrategyFile(STEADY.path, {**STEADY.content, "steps": steps}, {})])


def waiting(event: str) -> Strategies:
    """A text, and then something that is waited for."""
    wait = {"id": "wait", "kind": "wait_for", "event": event, "timeout": "2d", "then": "agents", "else": "later"}
    return strategies(TEXT, wait, AGENTS, LATER)


def texted(which: Strategies, *news: Callable[[ContactRequested, datetime], Event]) -> tuple[Talk, datetime]:
    """Ana has had a text; the talk goes on a minute after the provider accepted it."""
    talk = Talk(which)
    talk.tell(an_account(when=NEW_YORK_NINE))
    request = talk.until_asked()
    at = request.meta.occurred_at
    talk.tell(approved(request, at), accepted(request, at + MINUTE))
    talk.tell(*(what(request, at + 2 * MINUTE) for what in news))
    return talk, at + 2 * MINUTE


def arrived(request: ContactRequested, at: datetime) -> Event:
    """It arrived."""
    return status(request, at, AttemptStatus.DELIVERED)


def lost(request: ContactRequested, at: datetime) -> Event:
    """It did not arrive, and the strategy would try again."""
    return status(request, at, AttemptStatus.UNDELIVERED, ReasonClass.TEMPORARY)


def test_a_reply_that_is_waited_for_goes_on_and_one_that_is_not_ends_it() -> None:
    talk, at = texted(waiting("reply"))
    talk.tell(a_reply(at + DAY, ReplyIntent.OTHER))
    assert talk.end == "assigned"
    assert talk.due is None
    talk, at = texted(waiting("payment"))
    talk.tell(a_reply(at + DAY, ReplyIntent.OTHER))
    assert talk.end == "replied"


def test_a_payment_in_part_goes_on_and_the_last_one_ends_it() -> None:
    talk, _ = texted(waiting("payment"))
    talk.tell(paid())
    assert talk.end == "assigned"
    talk, _ = texted(waiting("payment"))
    talk.tell(paid("1234.56"))
    assert talk.end == "paid"


@pytest.mark.parametrize("event", ["reply", "payment", "delivered", "undelivered"])
def test_what_is_waited_for_in_vain_leads_elsewhere_when_its_time_is_over(event: str) -> None:
    talk, at = texted(waiting(event))
    assert talk.due == at - MINUTE + 2 * DAY
    talk.wake()
    assert talk.end == "gave-up"


@pytest.mark.parametrize("event", ["reply", "payment", "delivered", "undelivered"])
def test_a_refusal_and_a_restriction_end_it_whatever_is_waited_for(event: str) -> None:
    talk, at = texted(waiting(event))
    talk.tell(opted_out(at))
    assert talk.end == "opted-out"
    talk, at = texted(waiting(event))
    ceased = an_account("two", at, debt_id=LOAN)
    talk.tell(replace(ceased, flags=replace(ceased.flags, ceased=True)))
    assert talk.end == "restricted"


def test_reports_of_the_last_contact_are_waited_for() -> None:
    assert texted(waiting("delivered"), arrived)[0].end == "assigned"
    assert texted(waiting("delivered"), lost)[0].end == "running"
    assert texted(waiting("undelivered"), arrived)[0].end == "running"
    assert texted(waiting("undelivered"), lost)[0].end == "assigned"


def test_a_failure_that_nobody_waits_for_is_tried_again() -> None:
    talk, _ = texted(waiting("delivered"), lost)
    assert talk.until_asked().step_id == "first"


def test_what_came_before_the_wait_but_after_the_text_counts() -> None:
    talk = Talk(without_stops(waiting("reply")))
    talk.tell(an_account(when=NEW_YORK_NINE))
    request = talk.until_asked()
    at = request.meta.occurred_at
    talk.tell(approved(request, at), a_reply(at + 2 * MINUTE, ReplyIntent.OTHER))
    assert talk.end == "running"
    talk.tell(accepted(request, at + MINUTE), now=at + 3 * MINUTE)
    assert talk.end == "assigned"


def without_stops(which: Strategies) -> Strategies:
    """A strategy that neither reply nor payment ends."""
    (strategy,) = which.offered
    free = replace(strategy, stops_on=frozenset())
    return Strategies([free], {free.name: free})


def test_a_payment_before_the_wait_counts_too_and_a_wait_that_is_late_is_over() -> None:
    which = without_stops(waiting("payment"))
    talk = Talk(which)
    talk.tell(an_account(when=NEW_YORK_NINE))
    request = talk.until_asked()
    at = request.meta.occurred_at
    talk.tell(approved(request, at), paid(after=at - NEW_YORK_NINE + 2 * MINUTE))
    talk.tell(accepted(request, at + MINUTE), now=at + 3 * MINUTE)
    assert talk.end == "assigned"
    talk = Talk(which)
    talk.tell(an_account(when=NEW_YORK_NINE))
    request = talk.until_asked()
    talk.tell(approved(request, at), accepted(request, at + MINUTE), now=at + 3 * DAY)
    assert talk.end == "gave-up"


def test_a_rejected_contact_that_is_passed_over_is_undelivered() -> None:
    talk = Talk(waiting("undelivered"))
    talk.tell(an_account(when=NEW_YORK_NINE))
    request = talk.until_asked()
    at = request.meta.occurred_at
    talk.tell(approved(request, at), rejected(request, at, ReasonClass.UNKNOWN))
    assert talk.end == "assigned"


def test_a_pause_until_a_weekday_is_over_at_that_time() -> None:
    until = {"id": "until", "kind": "wait_until", "time": "10:00", "weekdays": ["thursday"]}
    talk, _ = texted(strategies(TEXT, until, DONE))
    assert talk.due == datetime.fromisoformat("2026-10-22T10:00:00-04:00")
    talk.wake()
    assert talk.end == "completed"
    late = Talk(strategies(TEXT, until, DONE))
    late.tell(an_account(when=NEW_YORK_NINE))
    request = late.until_asked()
    at = request.meta.occurred_at
    late.tell(approved(request, at), accepted(request, at), now=at + 8 * DAY)
    assert late.end == "completed"


def experiment(*weights: int) -> Strategies:
    """An experiment whose arms are texts."""
    arms = [{"name": f"arm-{n}", "weight": weight, "then": f"text-{n}"} for n, weight in enumerate(weights)]
    texts = [{**TEXT, "id": f"text-{n}", "then": "done"} for n in range(len(weights))]
    return strategies({"id": "try", "kind": "experiment", "experiment": "tries", "arms": arms}, *texts, DONE)


def arm_of(who: str, which: Strategies) -> tuple[str, int]:
    """The arm that a consumer comes into, and its propensity."""
    account = an_account(when=NEW_YORK_NINE, meta=a_meta("one", NEW_YORK_NINE, ConsumerId(who)))
    state = decide(FRESH, account, which, seconds(NEW_YORK_NINE)).state
    assert state.place is not None
    (arm,) = state.place.arms
    assert arm.experiment == "tries"
    (strategy,) = which.offered
    assert strategy.steps[state.place.step].id == arm.name.replace("arm", "text")
    return arm.name, arm.propensity


def test_arms_are_as_likely_as_their_weights_say_and_everybody_stays_in_one() -> None:
    which = experiment(1, 3, 6)
    arms = {f"con-{n}": arm_of(f"con-{n}", which) for n in range(2000)}
    assert {who: arm_of(who, which) for who in arms} == arms
    assert set(arms.values()) == {("arm-0", 100_000), ("arm-1", 300_000), ("arm-2", 600_000)}
    counts = Counter(name for name, _ in arms.values())
    assert all(abs(counts[f"arm-{n}"] - 200 * weight) < 100 for n, weight in enumerate((1, 3, 6)))


def test_the_request_says_in_which_arm_the_consumer_is() -> None:
    talk = Talk(experiment(1, 1))
    talk.tell(an_account(when=NEW_YORK_NINE))
    request = talk.until_asked()
    (arm,) = request.arms
    assert (arm.experiment_id, arm.propensity_millionths) == ("tries", 500_000)
    assert request.step_id == arm.arm.replace("arm", "text")


def test_nobody_is_asked_for_without_end_however_often_the_way_goes_round() -> None:
    again = {"id": "round", "kind": "wait", "for": "1h", "then": "first"}
    two = {**TEXT, "id": "second", "tries": 10}
    talk = Talk(strategies({**TEXT, "tries": 10}, two, again))
    talk.tell(an_account(when=NEW_YORK_NINE))
    for _ in range(1000):
        if talk.due is None:
            break
        for request in talk.wake():
            at = request.meta.occurred_at
            talk.tell(approved(request, at), accepted(request, at))
    assert talk.end == "gave-up"
    assert len(talk.requests) <= MOST_ASKED


def test_a_veto_that_passes_a_step_over_leads_on_from_it() -> None:
    which = waiting("delivered")
    talk = Talk(which)
    talk.tell(an_account(when=NEW_YORK_NINE))
    request = talk.until_asked()
    talk.tell(vetoed(request, request.meta.occurred_at, "us.of.the-case"))
    assert talk.end == "vetoed"


NOW = 1_000_000
KNOWN = Consumer(
    accounts=(
        Account(CARD, balance=60_000, currency="USD", sequence=1, payments=(Payment(1, NOW + 1, 10_000),)),
        Account(LOAN, balance=9_999, currency="CAD", sequence=1, charged_off=True),
        Account(DebtId("over"), balance=0, currency="USD", sequence=1),
    ),
    phones=(Phone("tel-1", 1, Consent.GIVEN),),  # type: ignore[arg-type]
    language="es-MX",
    replied_at=NOW - 1,
    place=Place("steady@1", "", NOW),
    contacts=(
        Contact(1, NOW - 5, 0, 0, progress=Progress.DELIVERED),
        Contact(2, NOW + 1, 0, 0, progress=Progress.ACCEPTED),
        Contact(3, NOW + 2, 0, 0, progress=Progress.STARTED),
        Contact(4, NOW + 3, 0, 0, progress=Progress.DELIVERED),
    ),
)


@pytest.mark.parametrize(
    ("condition", "answer"),
    [
        ({}, True),
        ({"owed": {"at_least": "500.00"}}, True),
        ({"owed": {"at_least": "500.01"}}, False),
        ({"owed": {"below": "500.00"}}, False),
        ({"owed": {"at_least": "100.00", "below": "500.01"}}, True),
        ({"accounts": {"at_least": 2}}, True),
        ({"accounts": {"below": 2}}, False),
        ({"language": ["es"]}, True),
        ({"language": ["en"]}, False),
        ({"consent": True}, True),
        ({"consent": False}, False),
        ({"charged_off": True}, True),
        ({"paid": True}, True),
        ({"replied": True}, False),
        ({"replied": False}, True),
        ({"sent": {"at_least": 2}}, True),
        ({"sent": {"at_least": 3}}, False),
        ({"delivered": True}, True),
        ({"delivered": True, "replied": True}, False),
    ],
)
def test_a_condition_holds_of_what_is_known(condition: dict[str, Any], answer: bool) -> None:
    assert holds(condition, KNOWN) is answer


def test_of_nobody_nothing_is_so() -> None:
    for condition in ({"paid": True}, {"replied": True}, {"delivered": True}, {"consent": True}, {"charged_off": True}):
        assert not holds(condition, FRESH)
    assert holds({"owed": {"below": "0.01"}, "accounts": {"below": 1}, "sent": {"below": 1}}, FRESH)
