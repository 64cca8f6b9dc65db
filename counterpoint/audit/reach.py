"""Finds the broker that holds the log: that of the settings, that of a stack that runs, or that of one that stopped."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from chassis.failures import Halted
from chassis.settings import StackSettings, load_stack
from counterpoint.embedded.downloads import cache_directory
from counterpoint.embedded.kafka import Kafka
from counterpoint.embedded.state import find_state, settings


@contextmanager
def log_of(directory: Path) -> Iterator[StackSettings]:
    """Settings by which the log can be read.

    COUNTERPOINT_KAFKA_BOOTSTRAP wins; else it is the stack's in the directory, whose broker is started for as long as
    it is needed if the stack does not run. Raises Halted if there is neither.
    """
    told = load_stack()
    if told.kafka_bootstrap is not None:
        yield told
        return
    state = find_state(directory.resolve())
    if state is None or not state.environment:
        raise Halted(
            f"there is no stack in {directory}: say where with --directory, or set COUNTERPOINT_KAFKA_BOOTSTRAP"
        )
    if state.running():
        yield settings(state)
        return
    kafka = Kafka(directory / "kafka", cache=cache_directory(told.cache_dir))
    kafka.start()
    try:
        yield settings(state)
    finally:
        kafka.stop()
