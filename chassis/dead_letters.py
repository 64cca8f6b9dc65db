"""Messages that cannot be used: kept as they came, with the reason and where they stood."""

from collections.abc import Sequence

from msgspec import Struct

from chassis.failures import TooManyDeadLetters
from chassis.routing import Headers


class DeadLetter(Struct, frozen=True):
    """One message set aside, for `<topic>.<service>.dlq`."""

    topic: str
    partition: int
    offset: int
    key: bytes | None
    value: bytes | None
    headers: Sequence[tuple[str, bytes]]
    reason: str

    def record_headers(self) -> Headers:
        """The original headers, and where the message came from and why it is here."""
        return [
            *self.headers,
            ("dlq_reason", self.reason.encode()),
            ("dlq_topic", self.topic.encode()),
            ("dlq_partition", str(self.partition).encode()),
            ("dlq_offset", str(self.offset).encode()),
        ]


class DeadLetterLimit:
    """Stops a worker that cannot read anything any more, before it pours a whole topic into the dead letters."""

    def __init__(self, in_a_row: int) -> None:
        self._limit = in_a_row
        self._row = 0

    def readable(self) -> None:
        """A message was readable."""
        self._row = 0

    def unreadable(self, topic: str, reason: str) -> None:
        """A message was not; raises TooManyDeadLetters once it is too many in a row."""
        self._row += 1
        if self._row > self._limit:
            raise TooManyDeadLetters(
                f"{self._row} messages in a row on {topic} cannot be read, the last because it is {reason}; "
                "the fault is likely here (an old version, a wrong registry): mend it, then start again; none is lost"
            )
