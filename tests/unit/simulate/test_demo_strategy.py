"""The demo's strategies can be used, and do what their worked cases say.

Green does not prove that three weeks look like it: the demo does.
"""

import pytest

from counterpoint.embedded.stack import ROOT
from counterpoint.simulate.strategy_cases import run_case
from services.orchestrator.loader import StrategyFile, load_files, strategies_of

FILES = load_files(ROOT / "examples" / "strategies")
CASES = [(file, case) for file in FILES for case in file.content["cases"]]


@pytest.mark.parametrize(("file", "case"), CASES, ids=[f"{file.name}: {case['name']}" for file, case in CASES])
def test_the_worked_cases_come_out_as_written(file: StrategyFile, case: dict[str, object]) -> None:
    assert run_case(case, strategies_of([file])) is None


def test_there_are_three_at_least_and_an_experiment_and_a_choice() -> None:
    kinds = {step["kind"] for file in FILES for step in file.content["steps"]}
    assert len(FILES) >= 3
    assert {"experiment", "choose"} <= kinds
