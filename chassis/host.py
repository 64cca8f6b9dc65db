"""What a running process gives its service, and what the service hands back to be run."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from starlette.routing import BaseRoute

from chassis.clock import Clock
from chassis.service import AnyService
from chassis.settings import StackSettings
from contracts.events import Event


class Publisher(Protocol):
    """Puts events that came from outside the log into it: from a web request, a file, a webhook."""

    async def publish(self, *, events: Sequence[Event], keys: Sequence[str] | None = None) -> None:
        """Return when every event is confirmed by the broker; raise Unreachable if that cannot be had.

        An event goes to its topic, keyed by its consumer unless `keys` gives a key for each. After Unreachable some
        may have been written: publish the same events, with the same ids, again.
        """


class Views(Protocol):
    """Lets a service see the whole of a topic, all partitions of it, however many workers there are."""

    async def follow(self, *, kind: type[Event], apply: Callable[[Event], None]) -> None:
        """Return when `apply` has seen all that the topic held at the call; keep calling it for what comes.

        The process is not ready, and stops, when the topic can no longer be followed.
        """


@dataclass(frozen=True, slots=True)
class Host:
    """What a service may use of the process that runs it."""

    settings: StackSettings
    clock: Clock
    publisher: Publisher
    views: Views


async def _nothing() -> None:
    return None


@dataclass(frozen=True, slots=True)
class Assembly:
    """A service with everything that must run beside it.

    `routes` are served with health and metrics on the service's port. `ready` says why the process is not ready, or
    None; it is asked often and must be quick. Each of `tasks` runs until it is cancelled; one that ends or raises
    stops the process. `close` releases what was opened.
    """

    service: AnyService
    routes: Sequence[BaseRoute] = ()
    tasks: Sequence[Callable[[], Awaitable[None]]] = ()
    ready: Callable[[], str | None] = field(default=lambda: None)
    close: Callable[[], Awaitable[None]] = _nothing
