"""The planner: budgets are kept, and spent where they are worth most; the step that uses it.

A green run does not prove that rates by weekday are like these anywhere: bench/planner.py states what it assumes.
"""

from collections.abc import Sequence
from datetime import timedelta
from itertools import combinations, pairwise

from hypothesis import given
from hypothesis import strategies as some
from msgspec.structs import replace

from chassis.runtime.memory import HandClock, MemoryRuntime
from contracts.events import ChoiceMade, ContactRequested
from contracts.ids import ConsumerId
from services.orchestrator.core.choice.budget import Budget, Cap
from services.orchestrator.core.choice.draw import follows
from services.orchestrator.core.choice.planner import hoped, plan
from services.orchestrator.core.codes import DAY, Verdict
from services.orchestrator.core.state import FRESH, Consumer, Contact
from services.orchestrator.loader import LIBRARY, StrategyFile, load_files, strategies_of
from services.orchestrator.service import service
from tests.unit.compliance.factories import a_meta, an_account
from tests.unit.orchestrator.factories import NEW_YORK_NINE, accepted, approved

DAYS = 6
NOW = 1_800_000_000
worths = some.lists(some.integers(0, 50), min_size=DAYS, max_size=DAYS)
nested = some.lists(some.integers(0, 3), min_size=DAYS, max_size=DAYS).map(sorted)


def fits(days: Sequence[int], left: Sequence[int]) -> bool:
    """Whether contacts on these days keep within what may be made up to the end of each."""
    return all(sum(d <= end for d in days) <= most for end, most in enumerate(left))


@given(worths, nested)
def test_for_one_channel_no_plan_is_better(worth: list[int], left: list[int]) -> None:
    found = list(plan([worth], [left]))
    best = max(
        sum(worth[d] for d in days)
        for size in range(DAYS + 1)
        for days in combinations(range(DAYS), size)
        if fits(days, left)
    )
    assert fits(found, left)
    assert sum(worth[d] for d in found) == best


@given(worths, worths, nested, nested)
def test_for_two_channels_it_has_half_of_the_best_at_least(
    one: list[int], other: list[int], left: list[int], of_other: list[int]
) -> None:
    found = plan([one, other], [left, of_other])
    apart = [[d for d, option in found.items() if option == n] for n in range(2)]
    assert fits(apart[0], left)
    assert fits(apart[1], of_other)
    alone = max(sum(one[d] for d in plan([one], [left])), sum(other[d] for d in plan([other], [of_other])))
    assert 2 * sum((one, other)[option][d] for d, option in found.items()) >= alone


def test_a_contact_is_kept_for_a_better_day_ahead_but_not_for_one_that_has_its_own() -> None:
    friday, saturday = [26, 16, 5, 6, 8, 8, 12], [16, 5, 6, 8, 8, 12, 26]
    assert 0 in plan([friday], [[2] * 7])
    # Friday's contact comes back by the next Friday: the other one need not wait for it.
    assert 0 in plan([saturday], [[1, 1, 1, 1, 1, 1, 2]])
    assert 0 not in plan([saturday], [[1] * 7])


def contact(days_ago: float, channel: str = "SMS", **changes: int) -> Contact:
    """A contact, so long ago."""
    return replace(Contact(int(days_ago * 10), int(NOW - days_ago * DAY), 0, 0, channel=channel), **changes)


def having(*contacts: Contact) -> Consumer:
    """Somebody who had these contacts."""
    return replace(FRESH, contacts=contacts)


BUDGET = Budget((Cap("SMS", 1, 1), Cap("SMS", 3, 7), Cap("VOICE", 7, 7)))


def test_what_was_spent_comes_back_when_it_is_as_old_as_the_cap_is_long() -> None:
    state = having(contact(6.5), contact(5.5), contact(2), contact(2, "VOICE"))
    assert BUDGET.left(state, "SMS", NOW) == (0, 1, 2, 2, 2, 3, 3)
    assert BUDGET.left(state, "VOICE", NOW) == (6, 6, 6, 6, 6, 7, 7)
    assert BUDGET.left(state, "EMAIL", NOW) == ()


def test_one_a_day_bars_today_and_no_day_after() -> None:
    assert BUDGET.left(having(contact(0.2)), "SMS", NOW) == (0, 2, 2, 2, 2, 2, 2)


def test_what_the_gate_refused_spends_nothing() -> None:
    refused = [contact(0.1, verdict=int(v)) for v in (Verdict.DEFERRED, Verdict.VETOED)]
    assert BUDGET.left(having(*refused), "SMS", NOW) == (3,) * 7


def test_what_is_little_known_is_hoped_for_more() -> None:
    assert hoped((1, 9)) > hoped((10, 90))


async def test_a_strategy_spends_its_budget_and_rests_on_other_days() -> None:
    (file,) = [f for f in load_files(LIBRARY) if f.content["id"] == "best-days"]
    steps = [step for step in file.content["steps"] if step["id"] != "turn"]
    clock = HandClock(NEW_YORK_NINE)
    strategies = strategies_of([StrategyFile(file.path, {**file.content, "steps": steps}, {})])
    running = MemoryRuntime([service(strategies)], clock, partitions=2)
    answered: set[str] = set()
    for n in range(10):
        running.publish(an_account(when=clock.at, meta=a_meta("placed", clock.at, ConsumerId(f"con-{n}"))))
    for hour in range(0, 24 * 10, 4):
        clock.at = NEW_YORK_NINE + timedelta(hours=hour)
        await running.run()
        for request in running.events(ContactRequested):
            if isinstance(request, ContactRequested) and request.contact_id not in answered:
                answered.add(request.contact_id)
                running.publish(approved(request, clock.at), accepted(request, clock.at))
    made = [m for m in running.events(ChoiceMade) if isinstance(m, ChoiceMade)]
    assert all(follows(m) for m in made)
    assert {"text", "rest"} == {m.option for m in made}
    requests = [r for r in running.events(ContactRequested) if isinstance(r, ContactRequested)]
    for n in range(10):
        times = sorted(r.meta.occurred_at for r in requests if r.meta.consumer_id == f"con-{n}")
        assert times
        assert all(later - earlier >= timedelta(hours=16) for earlier, later in pairwise(times))
        assert all(third - first >= timedelta(days=6) for first, third in zip(times, times[2:], strict=False))
