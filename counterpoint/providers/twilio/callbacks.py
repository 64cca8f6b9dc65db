"""Twilio's webhooks: signed, tried again within bounds, and faulty if a fault says so."""

import asyncio
import hmac
from base64 import b64encode
from collections.abc import Callable, Mapping
from hashlib import sha1
from urllib.parse import parse_qs, urlencode, urlsplit

import structlog
from msgspec import Struct

from counterpoint.providers.faults import Kind
from counterpoint.providers.posting import NotAnswered, NotReached, Poster

log = structlog.get_logger()
HUGE = 10 << 20
TOTAL_SECONDS = 15.0
"""Real seconds in which all tries of one webhook must be over."""


class Wishes(Struct, frozen=True):
    """How a webhook is tried, from the fragment of its address (`#rc=3&rp=all`); seconds are real."""

    retries: int = 1
    after: frozenset[str] = frozenset({"ct"})
    connect: float = 5.0
    read: float = 15.0

    @classmethod
    def of(cls, address: str) -> "Wishes":
        """The wishes that an address carries; what cannot be read is not wished."""
        found = {name: values[0] for name, values in parse_qs(urlsplit(address).fragment).items()}
        return cls(
            retries=min(int(found["rc"]), 5) if found.get("rc", "").isdigit() else 1,
            after=frozenset(found.get("rp", "ct").split(",")),
            connect=_seconds(found.get("ct"), 5.0),
            read=_seconds(found.get("rt"), 15.0),
        )

    def try_again(self, failure: str) -> bool:
        """Whether this kind of failure is worth another try."""
        return "all" in self.after or failure in self.after


def signed(token: str, address: str, fields: Mapping[str, str]) -> str:
    """X-Twilio-Signature of a form: over the address without its fragment, and the fields sorted by name."""
    data = address.partition("#")[0] + "".join(name + fields[name] for name in sorted(fields))
    return b64encode(hmac.new(token.encode(), data.encode(), sha1).digest()).decode()


class Job(Struct, frozen=True):
    """One webhook to be called."""

    address: str
    fields: dict[str, str]
    fault: Kind | None = None
    delay: float = 0.0
    answered: Callable[[bytes], None] | None = None
    """Hears what the webhook answered with success."""


class Webhooks:
    """Calls webhooks, a bounded number at a time; `waiting` counts those not done with."""

    def __init__(self, *, token: str, workers: int) -> None:
        self._token = token
        self._workers = workers
        self._queue: asyncio.Queue[Job] = asyncio.Queue()
        self._posters: asyncio.Queue[Poster] = asyncio.Queue()
        for _ in range(workers):
            self._posters.put_nowait(Poster())
        self._later: set[asyncio.Task[None]] = set()
        self.delivered = 0
        self.given_up = 0

    @property
    def waiting(self) -> int:
        """Webhooks that are still to be called."""
        return self._queue.qsize() + len(self._later)

    def call(self, job: Job) -> None:
        """See to it that a webhook is called."""
        if job.fault is Kind.CALLBACK_LOST:
            return
        if job.fault is Kind.CALLBACK_LATE:
            task = asyncio.create_task(self._call_later(job))
            self._later.add(task)
            task.add_done_callback(self._later.discard)
            return
        self._queue.put_nowait(job)

    async def _call_later(self, job: Job) -> None:
        await asyncio.sleep(job.delay)
        self._queue.put_nowait(job)

    async def run(self) -> None:
        """Call webhooks until cancelled."""
        try:
            async with asyncio.TaskGroup() as group:
                for _ in range(self._workers):
                    group.create_task(self._work())
        finally:
            for task in self._later:
                task.cancel()
            while not self._posters.empty():
                self._posters.get_nowait().close()

    async def _work(self) -> None:
        while True:
            await self.deliver(await self._queue.get())

    async def deliver(self, job: Job) -> None:
        """Call one webhook, with what its fault adds."""
        for address, fields, signature in _beside(job):
            await self._once(address, fields, signature or signed(self._token, address, fields), Wishes())
        for _ in range(2 if job.fault is Kind.CALLBACK_TWICE else 1):
            await self._deliver(job)

    async def _deliver(self, job: Job) -> None:
        wishes = Wishes.of(job.address)
        signature = signed(self._token, job.address, job.fields)
        loop = asyncio.get_running_loop()
        over = loop.time() + TOTAL_SECONDS
        pause, failure = 0.25, ""
        for attempt in range(1 + wishes.retries):
            failure = await self._once(job.address, job.fields, signature, wishes, job.answered)
            if not failure:
                self.delivered += 1
                return
            if attempt == wishes.retries or not wishes.try_again(failure) or loop.time() + pause > over:
                break
            await asyncio.sleep(pause)
            pause *= 3
        self.given_up += 1
        log.warning("webhook.given_up", provider="twilio", failure=failure)

    async def _once(
        self,
        address: str,
        fields: dict[str, str],
        signature: str,
        wishes: Wishes,
        answered: Callable[[bytes], None] | None = None,
    ) -> str:
        """Call once; give back how it failed, in the words of `rp`, or nothing."""
        poster = await self._posters.get()
        try:
            status = await poster.post(
                address.partition("#")[0],
                body=urlencode(fields).encode(),
                headers={"Content-Type": "application/x-www-form-urlencoded", "X-Twilio-Signature": signature},
                connect=wishes.connect,
                read=wishes.read,
            )
            content = poster.content
        except NotReached:
            return "ct"
        except NotAnswered:
            return "rt"
        finally:
            self._posters.put_nowait(poster)
        if 200 <= status < 300:
            if answered is not None:
                answered(content)
            return ""
        return "5xx" if status >= 500 else "4xx"


def _beside(job: Job) -> list[tuple[str, dict[str, str], str | None]]:
    """What is posted beside a callback, once: where, what, and a signature if it is a false one."""
    match job.fault:
        case Kind.CALLBACK_FORGED:
            forged = {**job.fields, "MessageStatus": "failed", "SmsStatus": "failed", "ErrorCode": "30005"}
            return [(job.address, forged, "AAAAAAAAAAAAAAAAAAAAAAAAAAA=")]
        case Kind.CALLBACK_HUGE:
            return [(job.address, {**job.fields, "Padding": "x" * HUGE}, None)]
        case Kind.CALLBACK_UNKNOWN:
            return [(_of_nobody(job.address), {**job.fields, "MessageSid": "SM" + "0" * 32}, None)]
        case Kind.CALLBACK_STRANGE:
            words = {"MessageStatus": "dreamt-of", "SmsStatus": "dreamt-of", "NewField": "\x00\ud7ff"}
            return [(job.address, {**job.fields, **words}, None)]
        case _:
            return []


def _of_nobody(address: str) -> str:
    """The same address with other values in its query: about a message that nobody sent."""
    where, _, _ = address.partition("#")
    path, _, query = where.partition("?")
    return f"{path}?{urlencode({name: 'nobody' for name in parse_qs(query)})}"


def _seconds(milliseconds: str | None, otherwise: float) -> float:
    return int(milliseconds) / 1000 if milliseconds and milliseconds.isdigit() else otherwise
