"""Sets a mark on the consumer, or takes it away: conditions of any strategy can ask for it, then and later."""

from collections.abc import Mapping
from typing import Any

from services.orchestrator.core.strategy import Given, Quiet
from services.orchestrator.core.turn import Turn


class Mark(Quiet, frozen=True):
    """A mark by its name, and whether it is set or taken away; it takes no time."""

    mark: str
    to: bool

    def enter(self, *, turn: Turn, since: int) -> int | None:
        """Mark the consumer, and go on."""
        turn.mark(self.mark, self.to)
        return since


def build(content: Mapping[str, Any], given: Given) -> Mark:
    """The step from its checked content."""
    return Mark(content["id"], content["mark"], content.get("to", True))
