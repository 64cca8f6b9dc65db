"""Three thousand texts under every fault at once, workers killed all the time: `make soak` in small.

A green run does not prove what only 100,000 show, nor anything of the gate, for which approvals stand in here.
"""

from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from bench.soak.soak import soak

CONTACTS, EVERY, WORKERS = 3_000, 6.0, 2


@pytest.mark.chaos
@pytest.mark.timeout(900)
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")  # the broker outlives its Popen
async def test_no_text_goes_twice_and_each_has_its_true_end_in_the_log() -> None:
    said: list[str] = []
    with TemporaryDirectory(prefix="counterpoint-", ignore_cleanup_errors=True) as directory:
        found = await soak(
            contacts=CONTACTS, every=EVERY, workers=WORKERS, seed=7, directory=Path(directory), say=said.append
        )
    faults = [(check.name, fault.key, fault.what) for check in found.checks for fault in check.faults]
    assert (found.doubled, found.lost) == (0, 0), (faults[:20], said[-3:])
    assert found.contacts == CONTACTS
    assert found.kills > 2
    assert found.sent > CONTACTS / 2
