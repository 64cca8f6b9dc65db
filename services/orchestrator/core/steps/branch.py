"""A fork: the first way whose conditions hold, or else the other one; it takes no time."""

from collections.abc import Mapping, Sequence
from typing import Any

from services.orchestrator.core.conditions import Condition, holds
from services.orchestrator.core.strategy import Given, Quiet
from services.orchestrator.core.turn import Turn


class Branch(Quiet, frozen=True):
    """Conditions in order, each with the step that it leads to."""

    ways: Sequence[tuple[Condition, int]]
    otherwise: int

    def enter(self, *, turn: Turn, since: int) -> int | None:
        """Take a way."""
        state = turn.state
        turn.lead_to(next((step for condition, step in self.ways if holds(condition, state)), self.otherwise))
        return since


def build(content: Mapping[str, Any], given: Given) -> Branch:
    """The step from its checked content."""
    ways = [(way["if"], given.places[way["then"]]) for way in content["ways"]]
    return Branch(content["id"], ways, given.places[content["else"]])
