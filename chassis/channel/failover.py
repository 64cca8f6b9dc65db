"""Several providers of one channel: the next is tried only with what the one before certainly does not have."""

from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Generic, TypeVar

import structlog
from msgspec import Struct
from msgspec.structs import replace

from chassis import metrics
from chassis.channel.provider import (
    Absent,
    Accepted,
    Answer,
    Finding,
    InDoubt,
    LockedOut,
    Provider,
    Unknowable,
    Unsent,
)
from contracts.events import AttemptInDoubt, AttemptStarted

FAILURES = 5
"""So many refusals in a row leave a provider out for a while."""

M = TypeVar("M")
log = structlog.get_logger()


class _State(Struct):
    failures: int = 0
    out_until: float = 0.0
    locked: str | None = None


class Failover(Generic[M]):
    """Providers in order of preference, as one. A provider that locks us out is left out until the process starts anew.

    After a crash nobody knows how far down the order an attempt had come, so every provider is asked after it.
    """

    def __init__(
        self, providers: Mapping[str, Provider[M]], *, label: str, cool_off: float, monotonic: Callable[[], float]
    ) -> None:
        self._providers = providers
        self._states = {name: _State() for name in providers}
        self._label = label
        self._cool_off = cool_off
        self._monotonic = monotonic
        for name in providers:
            metrics.PROVIDER_OPEN.labels(label, name).set(1)

    async def send(self, *, message: M, attempt: AttemptStarted, time_left: timedelta) -> Answer:
        """Hand the message to the first provider that takes it."""
        answer: Answer = Unsent("no-provider")
        for name in self._usable():
            answer = await self._providers[name].send(message=message, attempt=attempt, time_left=time_left)
            self._note(name, answer)
            if not isinstance(answer, Unsent | LockedOut):
                return replace(answer, provider=name) if isinstance(answer, Accepted) else answer
        locked = [s.locked for s in self._states.values() if s.locked is not None]
        return LockedOut("; ".join(locked)) if len(locked) == len(self._states) else _unsent(answer)

    async def find(self, *, attempt: AttemptStarted | AttemptInDoubt) -> Finding:
        """Ask all of them; only where all of them say so is it absent."""
        findings = {name: await provider.find(attempt=attempt) for name, provider in self._providers.items()}
        for name, finding in findings.items():
            if isinstance(finding, Accepted):
                return replace(finding, provider=name)
        for kind in (InDoubt, LockedOut, Unknowable):
            for finding in findings.values():
                if isinstance(finding, kind):
                    return InDoubt("locked-out") if isinstance(finding, LockedOut) and len(findings) > 1 else finding
        return Absent()

    def _usable(self) -> list[str]:
        now = self._monotonic()
        able = [name for name, state in self._states.items() if state.locked is None]
        rested = [name for name in able if self._states[name].out_until <= now]
        return rested or able or list(self._states)[:1]

    def _note(self, name: str, answer: Answer) -> None:
        state = self._states[name]
        if isinstance(answer, LockedOut):
            state.locked = answer.reason
            log.error("provider.locked_out", provider=name, reason=answer.reason)
        elif isinstance(answer, Unsent):
            state.failures += 1
            if state.failures >= FAILURES:
                state.out_until = self._monotonic() + self._cool_off
                log.warning("provider.left_out", provider=name, reason=answer.reason, seconds=self._cool_off)
        else:
            state.failures, state.out_until = 0, 0.0
        is_open = state.locked is None and state.out_until <= self._monotonic()
        metrics.PROVIDER_OPEN.labels(self._label, name).set(int(is_open))


def _unsent(answer: Answer) -> Answer:
    """Another provider may take it another time, even where the last one has locked us out."""
    return Unsent("locked-out") if isinstance(answer, LockedOut) else answer
