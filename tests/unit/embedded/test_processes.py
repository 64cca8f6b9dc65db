"""Starting, recognising and stopping processes.

Green does not prove it where processes have no /proc.
"""

import os
import signal
import sys
from pathlib import Path

from msgspec.structs import replace

from counterpoint.embedded import processes
from counterpoint.embedded.processes import WIDTH, Process, born, free_ports, last_lines

STUBBORN = (
    "import signal, sys, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('up', flush=True); time.sleep(60)"
)


def a_process(folder: Path, code: str = "import time; time.sleep(60)") -> Process:
    """A process that does little."""
    return processes.start(
        "idler", [sys.executable, "-c", code], log=folder / "log", environment={"A": "b"}, directory=folder
    )


def test_a_process_is_stopped_when_asked(tmp_path: Path) -> None:
    process = a_process(tmp_path)
    assert process.alive()
    processes.stop(process)
    assert not process.alive()
    assert born(process.pid) is None


def test_one_that_does_not_listen_is_stopped_too(tmp_path: Path) -> None:
    process = a_process(tmp_path, STUBBORN)
    while not Path(process.log).read_text():
        assert process.alive()
    process.send(signal.SIGTERM)
    assert process.alive()
    processes.kill(process)
    assert not process.alive()


def test_another_process_with_the_same_id_is_not_taken_for_it_and_not_touched(tmp_path: Path) -> None:
    process = a_process(tmp_path)
    stranger = replace(process, born="1")
    assert not stranger.alive()
    processes.stop(stranger)
    assert process.alive()
    processes.kill(process)


def test_a_process_gets_the_environment_that_it_is_given_and_no_other(tmp_path: Path) -> None:
    process = a_process(tmp_path, "import os; print(os.environ.get('A'), os.environ.get('HOME'))")
    while process.alive():
        pass
    assert last_lines(tmp_path / "log") == "b None"
    assert "b None" in process.end_of_log()


def test_only_the_two_ends_of_a_long_line_are_shown(tmp_path: Path) -> None:
    (tmp_path / "log").write_text("first\n" * 100 + "a" * WIDTH + "b" * WIDTH + "\n")
    shown = last_lines(tmp_path / "log", count=2)
    assert shown.startswith("first\naaa")
    assert shown.endswith("bbb")
    assert len(shown) < WIDTH + 20
    assert last_lines(tmp_path / "none") == "(no log)"


def test_free_ports_differ() -> None:
    assert len(set(free_ports(20))) == 20


def test_this_process_was_born() -> None:
    assert born(os.getpid()) is not None
