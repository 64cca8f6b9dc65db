"""How far a notification has come: after its answer a push service tells nothing, but the browser does, and a tap."""

from collections.abc import Mapping

from contracts.events import AttemptStatus

TERMINAL = 1
"""The rank from which on a notification has come to its end."""

LADDER: Mapping[str, tuple[int, AttemptStatus]] = {
    "shown": (1, AttemptStatus.DELIVERED),
    "click": (2, AttemptStatus.CLICKED),
}
"""What is told, its rank, and our name for it."""
