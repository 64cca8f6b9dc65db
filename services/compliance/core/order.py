"""The order in which facts came, so that a verdict can say it.

Topics are read side by side, and nothing in the log says which of two facts in different topics was taken in first.
Where that matters to a verdict, a replay must know.
"""

from msgspec.structs import replace

from services.compliance.core.codes import ATTEMPTS, PAYMENTS, PLACEMENTS, STATEMENTS
from services.compliance.core.state import ConsumerState

LETTERS = {PLACEMENTS: "p", STATEMENTS: "s", ATTEMPTS: "a", PAYMENTS: "m"}
"""A letter for each topic that holds facts; they stand in verdicts, so change none."""

MOST = 64
"""So many of the last facts are noted; those before them count as taken in by (timestamp, topic, offset)."""


def noted(state: ConsumerState, topic: str) -> ConsumerState:
    """The state, in which it is noted that a fact of a topic was taken in."""
    return replace(state, came=(state.came + LETTERS[topic])[-MOST:])


def begun_anew(state: ConsumerState) -> ConsumerState:
    """The state after a verdict, which says what was noted."""
    return replace(state, came="") if state.came else state
