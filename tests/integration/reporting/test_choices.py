"""What choosers learned and what experiments show, as the read model has it, from a log that the orchestrator wrote.

A green run does not prove that the figures mean anything for real people: the views only count.
"""

from datetime import datetime, timedelta

import pytest
from msgspec.structs import replace

from chassis.runtime.memory import HandClock, MemoryRuntime
from contracts.events import ChoiceMade, ChoiceRewarded, ContactRequested, Event, ReplyIntent
from contracts.ids import ConsumerId
from counterpoint.evaluate.evaluation import arms, wilson
from counterpoint.evaluate.trials import records
from services.orchestrator.loader import LIBRARY, StrategyFile, load_files, strategies_of
from services.orchestrator.service import service
from services.reporting.service import service as reporting
from services.reporting.service import storing
from tests.integration.reporting.harness import a_database, ask
from tests.unit.compliance.factories import a_meta, a_reply, an_account
from tests.unit.orchestrator.factories import NEW_YORK_NINE

FILES = {file.content["id"]: file for file in load_files(LIBRARY)}
HOUR, CONSUMERS = timedelta(hours=1), 40


def lived(name: str) -> MemoryRuntime:
    """Forty consumers of a strategy without its spread, placed at once."""
    file = FILES[name]
    content = {**file.content, "steps": [step for step in file.content["steps"] if step["id"] != "turn"]}
    clock = HandClock(NEW_YORK_NINE)
    running = MemoryRuntime([service(strategies_of([StrategyFile(file.path, content, {})]))], clock, partitions=2)
    for n in range(CONSUMERS):
        running.publish(an_account(when=clock.at, meta=a_meta("placed", clock.at, ConsumerId(f"con-{n}"))))
    return running


def said(n: int, at: datetime, intent: ReplyIntent = ReplyIntent.OTHER) -> Event:
    """A message of the consumer of that number."""
    return replace(a_reply(at, intent), meta=a_meta("reply", at, ConsumerId(f"con-{n}")))


async def test_the_read_model_counts_choices_as_the_evaluation_does(database: str) -> None:
    running = lived("best-hour")
    clock = running.clock
    assert isinstance(clock, HandClock)
    async with a_database(database) as model:
        running.services = [*running.services, reporting(storing(model, clock))]
        await running.run()
        for n in range(0, CONSUMERS, 3):
            clock.at = NEW_YORK_NINE + HOUR
            intent = ReplyIntent.OPT_OUT if n % 5 == 0 else ReplyIntent.OTHER
            running.publish(said(n, clock.at, intent))
        await running.run()
        clock.at = NEW_YORK_NINE + 60 * HOUR
        running.publish(an_account(when=clock.at, meta=a_meta("later", clock.at, ConsumerId("con-later"))))
        await running.run()
    made = [e for e in running.events(ChoiceMade) if isinstance(e, ChoiceMade)]
    rewarded = [e for e in running.events(ChoiceRewarded) if isinstance(e, ChoiceRewarded)]
    (record,) = records(made, rewarded, clock.at)
    assert (len(record.trials), record.strange) == (CONSUMERS, 0)
    found = ask(
        database,
        "select bucket, option, over, rewarded, rate::float, rate_low::float, rate_high::float "
        "from reporting.choice_options order by bucket, option",
    )
    told = sorted((a.bucket, a.option, a.chosen, a.rewarded) for a in arms(record))
    assert [row[:4] for row in found] == told
    assert sum(row[3] for row in found) == sum(1 for n in range(0, CONSUMERS, 3) if n % 5)
    for _, _, chosen, of, *interval in found:
        expected = wilson(of, chosen)
        assert interval == pytest.approx([expected.value, expected.low, expected.high], abs=1e-4)


async def test_an_experiment_shows_each_arm_with_its_interval(database: str) -> None:
    running = lived("two-wordings")
    clock = running.clock
    assert isinstance(clock, HandClock)
    async with a_database(database) as model:
        running.services = [*running.services, reporting(storing(model, clock))]
        for hour in range(6):
            clock.at = NEW_YORK_NINE + hour * HOUR
            await running.run()
        running.publish(said(1, clock.at))
        await running.run()
    requests = [e for e in running.events(ContactRequested) if isinstance(e, ContactRequested)]
    asked = {request.meta.consumer_id: request.arms[0].arm for request in requests}
    rows = ask(database, "select arm, consumers, answered from reporting.experiments")
    found = {arm: (n, answered) for arm, n, answered in rows}
    assert sum(n for n, _ in found.values()) == len(asked) == CONSUMERS
    assert {arm for arm, (_, answered) in found.items() if answered} == {asked[ConsumerId("con-1")]}
