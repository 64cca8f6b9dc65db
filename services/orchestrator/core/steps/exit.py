"""The end of a strategy, with its reason."""

from collections.abc import Mapping
from typing import Any

from msgspec import Struct

from services.orchestrator.core.codes import REASONS, Reason
from services.orchestrator.core.state import Contact
from services.orchestrator.core.strategy import Given
from services.orchestrator.core.turn import Turn


class Exit(Struct, frozen=True):
    """Ends the conversation as soon as it is reached."""

    id: str
    reason: Reason

    def enter(self, *, turn: Turn, since: int) -> int | None:
        """End."""
        turn.end(self.reason)
        return None

    def due(self, *, turn: Turn, kind: int) -> int | None:
        """It sets no timer."""
        return None

    def heard(self, *, turn: Turn, contact: Contact) -> int | None:
        """It asks for no contact."""
        return None


def build(content: Mapping[str, Any], given: Given) -> Exit:
    """The step from its checked content."""
    return Exit(content["id"], REASONS[content["reason"]])
