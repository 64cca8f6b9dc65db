"""The demo's strategy can be used, and does what its worked cases say.

Green does not prove that three weeks look like it: the demo does.
"""

import pytest

from counterpoint.embedded.stack import ROOT
from counterpoint.simulate.strategy_cases import run_case
from services.orchestrator.loader import load_files, strategies_of

FILES = load_files(ROOT / "examples" / "strategies")
CASES = [case for file in FILES for case in file.content["cases"]]


@pytest.mark.parametrize("case", CASES, ids=[case["name"] for case in CASES])
def test_the_worked_cases_come_out_as_written(case: dict[str, object]) -> None:
    assert run_case(case, strategies_of(FILES)) is None
