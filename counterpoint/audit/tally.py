"""What a replay finds, and in what sense a thing decided again is the same as the recorded one."""

from collections.abc import Sequence
from enum import Enum

from msgspec import Struct, field
from msgspec.structs import replace

from chassis.codec import Codec
from contracts.events import Event

MOST_SHOWN = 10


class Same(Enum):
    """In what sense two events are the same."""

    IN_EVERY_BYTE = 1
    BUT_FOR_VERSION = 2
    """Another version of the gate wrote it, and put its own version into it."""
    IN_CONTENT = 3
    """An earlier schema wrote it, so that no byte can be compared."""


class Shown(Struct, frozen=True):
    """A difference, as a person reads it."""

    title: str
    lines: tuple[str, ...]


class Tally(Struct):
    """What a replay found; `not_judged` counts by reason what cannot be decided again here."""

    decisions: int = 0
    differences: int = 0
    repeats: int = 0
    approvals: int = 0
    suppressions: int = 0
    reviews: int = 0
    waiting: int = 0
    by_content: int = 0
    other_version: int = 0
    not_judged: dict[str, int] = field(default_factory=dict)
    shown: list[Shown] = field(default_factory=list)

    def differs(self, title: str, lines: Sequence[str]) -> None:
        """Count a difference; the first of them are kept to be shown."""
        self.differences += 1
        if len(self.shown) < MOST_SHOWN:
            self.shown.append(Shown(title, tuple(lines)))

    def same(self, how: Same | None) -> bool:
        """Count in what sense two events are the same, if they are."""
        self.other_version += how is Same.BUT_FOR_VERSION
        self.by_content += how is Same.IN_CONTENT
        return how is not None

    def does_not_judge(self, reason: str, count: int = 1) -> None:
        """Count what cannot be judged again here."""
        self.not_judged[reason] = self.not_judged.get(reason, 0) + count

    def add(self, other: "Tally") -> None:
        """Take in what was found elsewhere."""
        for name in COUNTS:
            setattr(self, name, getattr(self, name) + getattr(other, name))
        for reason, count in other.not_judged.items():
            self.does_not_judge(reason, count)
        self.shown = [*self.shown, *other.shown][:MOST_SHOWN]


COUNTS = tuple(name for name in Tally.__struct_fields__ if name not in ("not_judged", "shown"))


def is_same(codec: Codec, value: bytes, recorded: Event, again: Event) -> Same | None:
    """Whether what was decided again is what the log holds; `recorded` is `value`, read."""
    if codec.encode(again) == value:
        return Same.IN_EVERY_BYTE
    if type(recorded) is not type(again):
        return None
    again = replace(again, meta=replace(again.meta, producer_version=recorded.meta.producer_version))
    encoded, todays = codec.encode(again), codec.encode(recorded)
    if encoded == value:
        return Same.BUT_FOR_VERSION
    return Same.IN_CONTENT if todays != value and todays == encoded else None
