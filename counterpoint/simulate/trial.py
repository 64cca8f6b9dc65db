"""Lets the same consumers live under several strategies, in as many processes as the machine has cores.

Consumers know nothing of each other, so the result does not depend on who lives where.
"""

import os
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from datetime import UTC, datetime, timedelta
from functools import cache, lru_cache
from multiprocessing import get_context
from pathlib import Path
from typing import TypeVar

from msgspec import Struct

from chassis.templates.loader import load_templates
from chassis.templates.model import Templates
from counterpoint.simulate.behaviour import Behaviour
from counterpoint.simulate.life import Life, World
from counterpoint.simulate.lived import Lived
from counterpoint.simulate.office import Plan
from counterpoint.simulate.population import Resident, residents
from services.compliance.core.rules.rule import RuleSet
from services.compliance.loader import HOUSE, LAW, load_rules
from services.compliance.service import packaged_zone_data
from services.orchestrator.core.strategy import Strategies
from services.orchestrator.loader import read_file, strategies_of

Asked = TypeVar("Asked")
Found = TypeVar("Found")
BEGINS = datetime(2026, 10, 19, 10, tzinfo=UTC)
"""A Monday at six in the morning in New York, as in the demo: all accounts are placed at once."""
BLOCK = 1000
"""So many consumers are made together: people of one block never share a number with those of another."""


class Arm(Struct, frozen=True):
    """How a portfolio is worked, and how people behave.

    One file is one record and one strategy for all channels; several are strategies that run at once and share nothing.
    Those `beside` are offered on each record as well, such as one that begins when something is promised.
    """

    files: tuple[Path, ...]
    behaviour: Behaviour
    gated: bool = True
    beside: tuple[Path, ...] = ()


class Trial(Struct, frozen=True):
    """How many consumers live for how long; `seed` decides who they are and what they are like."""

    consumers: int
    days: int
    seed: int
    block: int = BLOCK

    @property
    def blocks(self) -> list[tuple[int, int]]:
        """Each block with its size."""
        starts = range(0, self.consumers, self.block)
        return [(n, min(self.block, self.consumers - start)) for n, start in enumerate(starts)]


def run(trial: Trial, arms: Sequence[Arm], processes: int | None = None) -> list[list[Lived]]:
    """What came of every consumer in each arm, always in the same order of consumers."""
    blocks = trial.blocks
    groups = [list(arms)] if len(blocks) > 1 else [[arm] for arm in arms]
    found = list(spread(_live, [(trial, block, group) for block in blocks for group in groups], processes))
    if len(blocks) == 1:
        return [lives for (lives,) in found]
    return [[lived for block in found for lived in block[n]] for n in range(len(arms))]


def spread(task: Callable[[Asked], Found], asked: Sequence[Asked], processes: int | None) -> Iterator[Found]:
    """What each task finds, in order, on so many processes or on all cores."""
    most = min(len(asked), processes or os.cpu_count() or 1)
    if most == 1:
        yield from map(task, asked)
        return
    with ProcessPoolExecutor(most, mp_context=get_context("spawn")) as pool:
        yield from pool.map(task, asked)


def _live(task: tuple[Trial, tuple[int, int], Sequence[Arm]]) -> list[list[Lived]]:
    return live_block(*task)


def live_block(trial: Trial, block: tuple[int, int], arms: Sequence[Arm]) -> list[list[Lived]]:
    """What came of the consumers of one block in each arm."""
    number, size = block
    people = _people(trial.seed, number, size)
    found = []
    for arm in arms:
        plan = Plan([_strategies((file, *arm.beside)) for file in arm.files], arm.gated)
        around = world(trial, arm.behaviour)
        found.append([Life(who, plan, around).live() for who in people])
    return found


def world(trial: Trial, behaviour: Behaviour) -> World:
    """The shipped rules and templates, and the days of a trial."""
    rules, zone_data, templates = _shipped()
    return World(rules, zone_data, templates, behaviour, trial.seed, BEGINS, BEGINS + timedelta(days=trial.days))


@cache
def _shipped() -> tuple[RuleSet, str, Templates]:
    zone_data = packaged_zone_data()
    return load_rules([LAW, HOUSE]), zone_data, load_templates()


@cache
def _strategies(files: tuple[Path, ...]) -> Strategies:
    return strategies_of([read_file(file) for file in files])  # checked already, by whoever named it


@lru_cache(maxsize=1)
def _people(seed: int, number: int, size: int) -> list[Resident]:
    return residents(seed=seed, block=number, size=size, at=BEGINS)
