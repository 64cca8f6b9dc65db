"""What a topic is."""

from dataclasses import dataclass

from contracts.events import Event


@dataclass(frozen=True, slots=True)
class Topic:
    """One topic of the log: who may write it, who reads it, what it holds."""

    name: str
    key: str
    writers: tuple[str, ...]
    readers: tuple[str, ...]
    events: tuple[type[Event], ...]
    retention_days: int
    compacted: bool
    pii: bool

    def dead_letters(self, service: str) -> str:
        """Where `service` puts what it cannot use from here."""
        return f"{self.name}.{service}.dlq"


def changelog(service: str) -> str:
    """The topic in which a service keeps what it remembers, compacted by consumer."""
    return f"counterpoint.{service}-state.v1"
