"""Hands the consumer to a person: the automated conversation ends, as assigned."""

from collections.abc import Mapping
from typing import Any

from services.orchestrator.core.codes import Reason
from services.orchestrator.core.strategy import Given, Quiet
from services.orchestrator.core.turn import Turn


class Assign(Quiet, frozen=True):
    """Ends the conversation; `to` names the people who go on with it."""

    to: str

    def enter(self, *, turn: Turn, since: int) -> int | None:
        """End; where the conversation stands says to whom it went."""
        turn.end(Reason.ASSIGNED)
        return None


def build(content: Mapping[str, Any], given: Given) -> Assign:
    """The step from its checked content."""
    return Assign(content["id"], content["to"])
