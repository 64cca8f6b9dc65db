"""The kinds of steps that strategies are made of. To add one: a module like these, a line here, part of the schema."""

from collections.abc import Callable, Mapping
from typing import Any

from services.orchestrator.core.steps import (
    assign,
    branch,
    choose,
    contact,
    exit,
    experiment,
    mark,
    wait,
    wait_due,
    wait_for,
    wait_until,
)
from services.orchestrator.core.strategy import Given, Step

KINDS: Mapping[str, Callable[[Mapping[str, Any], Given], Step]] = {
    "contact": contact.build,
    "wait": wait.build,
    "wait_until": wait_until.build,
    "wait_for": wait_for.build,
    "wait_due": wait_due.build,
    "branch": branch.build,
    "experiment": experiment.build,
    "choose": choose.build,
    "set": mark.build,
    "assign": assign.build,
    "exit": exit.build,
}
"""How each kind is made from its part of a strategy file."""
