"""Lets the same consumers live under several strategies, in as many processes as the machine has cores.

Consumers know nothing of each other, so the result does not depend on who lives where.
"""

import os
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from datetime import UTC, datetime, timedelta
from functools import cache, lru_cache
from multiprocessing import get_context
from pathlib import Path

from msgspec import Struct

from chassis.templates.loader import load_templates
from chassis.templates.model import Templates
from counterpoint.simulate.behaviour import Behaviour
from counterpoint.simulate.life import Life, Lived, World
from counterpoint.simulate.population import Resident, residents
from services.compliance.core.rules.rule import RuleSet
from services.compliance.loader import HOUSE, LAW, load_rules
from services.compliance.service import packaged_zone_data
from services.orchestrator.core.strategy import Strategies
from services.orchestrator.loader import load_file, strategies_of

BEGINS = datetime(2026, 10, 19, 10, tzinfo=UTC)
"""A Monday at six in the morning in New York, as in the demo: all accounts are placed at once."""
BLOCK = 1000
"""So many consumers are made together: people of one block never share a number with those of another."""


class Plan(Struct, frozen=True):
    """A strategy's file, and how people behave."""

    file: Path
    behaviour: Behaviour


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


def run(trial: Trial, plans: Sequence[Plan], processes: int | None = None) -> list[list[Lived]]:
    """What came of every consumer under each plan, always in the same order of consumers."""
    blocks = trial.blocks
    groups = [list(plans)] if len(blocks) > 1 else [[plan] for plan in plans]
    tasks = [(trial, block, group) for block in blocks for group in groups]
    most = min(len(tasks), processes or os.cpu_count() or 1)
    if most == 1:
        found = [live_block(*task) for task in tasks]
    else:
        with ProcessPoolExecutor(most, mp_context=get_context("spawn")) as pool:
            found = list(pool.map(live_block, *zip(*tasks, strict=True)))
    if len(blocks) == 1:
        return [lives for (lives,) in found]
    return [[lived for block in found for lived in block[n]] for n in range(len(plans))]


def live_block(trial: Trial, block: tuple[int, int], plans: Sequence[Plan]) -> list[list[Lived]]:
    """What came of the consumers of one block under each plan."""
    number, size = block
    people = _people(trial.seed, number, size)
    return [[Life(who, _strategies(p.file), world(trial, p.behaviour)).live() for who in people] for p in plans]


def world(trial: Trial, behaviour: Behaviour) -> World:
    """The shipped rules and templates, and the days of a trial."""
    rules, zone_data, templates = _shipped()
    return World(rules, zone_data, templates, behaviour, trial.seed, BEGINS, BEGINS + timedelta(days=trial.days))


@cache
def _shipped() -> tuple[RuleSet, str, Templates]:
    zone_data = packaged_zone_data()
    return load_rules([LAW, HOUSE]), zone_data, load_templates()


@cache
def _strategies(file: Path) -> Strategies:
    return strategies_of([load_file(file)])


@lru_cache(maxsize=1)
def _people(seed: int, number: int, size: int) -> list[Resident]:
    return residents(seed=seed, block=number, size=size, at=BEGINS)
