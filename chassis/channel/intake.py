"""Webhooks: believed only when a channel says so, in the log before they are answered, interpreted later."""

import asyncio
from collections.abc import Awaitable, Callable

import structlog
from starlette.requests import ClientDisconnect, Request
from starlette.responses import PlainTextResponse, Response

from chassis import metrics
from chassis.failures import Unreachable

MOST_BYTES = 1 << 20

log = structlog.get_logger()


class Refused(Exception):
    """A request that is answered with an error: nothing was published, and nothing is known to be lost."""

    def __init__(self, status: int, outcome: str) -> None:
        super().__init__(outcome)
        self.status = status
        self.outcome = outcome


class Intake:
    """Takes in what one channel's providers and consumers post; counts it, and warns of what it refuses."""

    def __init__(self, *, label: str, timeout: float) -> None:
        self._label = label
        self._timeout = timeout
        self._warned_at = float("-inf")

    async def take(self, kind: str, work: Callable[[], Awaitable[str]], answer: Response) -> Response:
        """Do the work and answer; `work` returns in a word what became of it, or raises Refused or Unreachable."""
        try:
            outcome = await work()
        except Unreachable as fault:
            # The sender is asked to come again: what is not in the log has not arrived.
            self.count(kind, "not-recorded")
            log.warning("callback.not_recorded", kind=kind, what=fault.what)
            return PlainTextResponse("not recorded: try again", status_code=503)
        except Refused as fault:
            self.count(kind, fault.outcome)
            self._warn(kind, fault)
            return PlainTextResponse(fault.outcome, status_code=fault.status)
        self.count(kind, outcome)
        return answer

    async def body_of(self, request: Request, most_bytes: int = MOST_BYTES) -> bytes:
        """The raw body, read within bounds of size and time; raises Refused."""
        body = bytearray()
        try:
            async with asyncio.timeout(self._timeout):
                async for chunk in request.stream():
                    body += chunk
                    if len(body) > most_bytes:
                        raise Refused(413, "too-large")
        except TimeoutError:
            raise Refused(408, "too-slow") from None
        except ClientDisconnect:
            raise Refused(400, "cut-off") from None
        return bytes(body)

    def count(self, kind: str, outcome: str, number: int = 1) -> None:
        """Count what became of callbacks."""
        metrics.CALLBACKS.labels(self._label, kind, outcome).inc(number)

    def _warn(self, kind: str, fault: Refused) -> None:
        now = asyncio.get_running_loop().time()
        if now - self._warned_at > 60:
            self._warned_at = now
            log.warning("callback.refused", kind=kind, outcome=fault.outcome, status=fault.status)
