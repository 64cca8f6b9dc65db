"""An experiment: each consumer is in one arm, always the same; the record says in which, and how likely that was.

The arm follows from the ids of consumer and experiment, so that two experiments do not share their arms, and one that
several strategies name divides consumers alike in all of them.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from services.orchestrator.core.state import Arm, hash_of
from services.orchestrator.core.strategy import Given, Quiet
from services.orchestrator.core.turn import Turn

MILLION = 1_000_000


class Experiment(Quiet, frozen=True):
    """Arms by name, with their weights and the step that each leads to; `experiment` is its id."""

    experiment: str
    arms: Sequence[tuple[str, int, int]]

    def enter(self, *, turn: Turn, since: int) -> int | None:
        """Go on in the consumer's arm."""
        total = sum(weight for _, weight, _ in self.arms)
        drawn = hash_of(f"{self.experiment}/{turn.consumer_id}") * total >> 64
        for name, weight, step in self.arms:
            drawn -= weight
            if drawn < 0:
                turn.is_in(Arm(self.experiment, name, weight * MILLION // total))
                turn.lead_to(step)
                break
        return since


def build(content: Mapping[str, Any], given: Given) -> Experiment:
    """The step from its checked content."""
    arms = [(arm["name"], arm["weight"], given.places[arm["then"]]) for arm in content["arms"]]
    return Experiment(content["id"], content["experiment"], arms)
