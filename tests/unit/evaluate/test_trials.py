"""Trials as they are read from a log that the orchestrator wrote, on the runtime in memory.

A green run does not prove that a broker's log reads the same: the demo's does.
"""

from datetime import timedelta

import pytest
from msgspec.structs import replace

from chassis.failures import Halted
from chassis.runtime.memory import HandClock, MemoryRuntime
from contracts.events import ChoiceMade
from contracts.ids import ConsumerId
from counterpoint.audit.choosing import last_choice, tell_choice
from counterpoint.audit.history import MemoryHistory
from counterpoint.evaluate.evaluation import evaluate, told
from counterpoint.evaluate.trials import read, records
from services.orchestrator.loader import LIBRARY, StrategyFile, load_files, strategies_of
from services.orchestrator.service import service
from tests.unit.compliance.factories import a_meta, a_reply, an_account
from tests.unit.orchestrator.factories import NEW_YORK_NINE

(BEST_HOUR,) = [file for file in load_files(LIBRARY) if file.content["id"] == "best-hour"]
CONSUMERS, DAY = 30, timedelta(days=1)


@pytest.fixture
async def history() -> MemoryHistory:
    """Thirty consumers for whom an hour was chosen; the first ten answer a day later."""
    steps = [step for step in BEST_HOUR.content["steps"] if step["id"] != "turn"]
    clock = HandClock(NEW_YORK_NINE)
    strategies = strategies_of([StrategyFile(BEST_HOUR.path, {**BEST_HOUR.content, "steps": steps}, {})])
    running = MemoryRuntime([service(strategies)], clock, partitions=3)
    for n in range(CONSUMERS):
        running.publish(an_account(when=clock.at, meta=a_meta("placed", clock.at, ConsumerId(f"con-{n}"))))
    await running.run()
    clock.at = NEW_YORK_NINE + DAY
    for n in range(10):
        reply = a_reply(clock.at)
        running.publish(replace(reply, meta=a_meta("reply", clock.at, ConsumerId(f"con-{n}"))))
    await running.run()
    return MemoryHistory(running.broker, running.codec)


async def test_each_choice_is_a_trial_with_its_end(history: MemoryHistory) -> None:
    made, rewarded = await read(history)
    (record,) = records(made, rewarded, NEW_YORK_NINE + 3 * DAY)
    assert {t.consumer_id: t.rewarded for t in record.trials} == {f"con-{n}": n < 10 for n in range(CONSUMERS)}
    assert (record.open, record.strange) == (0, 0)
    lines = told(evaluate(record))
    assert "30 choices are over" in lines[0]
    assert "rewarded 33.3 %" in lines[1]


async def test_a_choice_whose_time_is_not_over_is_no_trial_yet(history: MemoryHistory) -> None:
    (record,) = records(*await read(history), NEW_YORK_NINE + DAY)
    assert (len(record.trials), record.open) == (0, CONSUMERS)
    with pytest.raises(Halted, match="30 are open"):
        evaluate(record)


async def test_a_choice_that_does_not_follow_from_itself_is_counted_and_told(history: MemoryHistory) -> None:
    made, rewarded = await read(history)
    forged = replace(made[0], propensity_millionths=made[0].propensity_millionths + 1)
    (record,) = records([forged, *made[1:]], rewarded, NEW_YORK_NINE + 3 * DAY)
    assert record.strange == 1
    assert "1 choices do not follow" in evaluate(record).warnings[0]


async def test_what_stands_twice_in_the_log_is_one_trial(history: MemoryHistory) -> None:
    made, rewarded = await read(history)
    (record,) = records([*made, *made], [*rewarded, *rewarded], NEW_YORK_NINE + 3 * DAY)
    assert len(record.trials) == CONSUMERS


async def test_the_last_choice_is_told_with_its_reasons(history: MemoryHistory) -> None:
    made = await last_choice(history, ConsumerId("con-3"))
    assert isinstance(made, ChoiceMade)
    line = tell_choice(made, lambda at: f"{at:%H:%M}")
    assert line.startswith(f"last choice, 13:00: {made.option} chosen by first-text-hour for other, ")
    assert "evening 2 of 10" in line
    assert await last_choice(history, ConsumerId("con-unknown")) is None
