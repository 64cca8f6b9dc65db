"""The end of a strategy, with its reason."""

from collections.abc import Mapping
from typing import Any

from services.orchestrator.core.codes import REASONS, Reason
from services.orchestrator.core.strategy import Given, Quiet
from services.orchestrator.core.turn import Turn


class Exit(Quiet, frozen=True):
    """Ends the conversation as soon as it is reached."""

    reason: Reason

    def enter(self, *, turn: Turn, since: int) -> int | None:
        """End."""
        turn.end(self.reason)
        return None


def build(content: Mapping[str, Any], given: Given) -> Exit:
    """The step from its checked content."""
    return Exit(content["id"], REASONS[content["reason"]])
