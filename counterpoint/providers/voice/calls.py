"""The calls of one account, as Twilio keeps them."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from email.utils import format_datetime
from hashlib import blake2b

VERSION = "2010-04-01"
ENDS = frozenset({"completed", "busy", "failed", "no-answer", "canceled"})


@dataclass(slots=True, eq=False)
class Call:
    """One call; times on the simulated clock."""

    sid: str
    to: str
    sender: str
    direction: str
    created_at: datetime
    url: str
    status: str = "queued"
    callback: str | None = None
    events: frozenset[str] = frozenset({"completed"})
    ring: float = 60.0
    longest: float = 14_400.0
    detects: bool = False
    answered_by: str | None = None
    started_at: datetime | None = None
    answered_at: datetime | None = None
    ended_at: datetime | None = None
    sequence: int = 0
    asked_to_end: bool = False
    written_to: str | None = None
    """Where what the other end says is sent, written down."""
    both_written: bool = False
    """Whether what our own person says is sent there too."""
    transcript: list[str] = field(default_factory=list)
    """In order: what was said; after "> " what was pressed or said to us; after "# " what our person heard or said."""

    @property
    def seconds(self) -> int:
        """How long it was talked."""
        if self.answered_at is None or self.ended_at is None:
            return 0
        return max(int((self.ended_at - self.answered_at).total_seconds()), 0)


@dataclass(slots=True)
class Calls:
    """All calls, found by id or number; none is ever dropped."""

    account_sid: str
    seed: int
    everything: list[Call] = field(default_factory=list)
    by_sid: dict[str, Call] = field(default_factory=dict)

    def create(self, *, to: str, sender: str, direction: str, at: datetime, url: str) -> Call:
        """A new call; its id follows from the seed, the numbers and how many there were before."""
        key = f"{self.seed}/call/{sender}/{to}/{len(self.everything)}".encode()
        sid = "CA" + blake2b(key, digest_size=16).hexdigest()
        call = Call(sid, to, sender, direction, at, url)
        self.everything.append(call)
        self.by_sid[sid] = call
        return call

    def newest_first(self) -> Iterable[Call]:
        """All of them."""
        return reversed(self.everything)

    def uri(self, rest: str) -> str:
        """The path of something of this account."""
        return f"/{VERSION}/Accounts/{self.account_sid}/{rest}"

    def shown(self, c: Call) -> dict[str, object]:
        """A call as Twilio answers it."""
        subresources = ("notifications", "recordings", "payments", "events", "siprec", "streams", "transcriptions")
        return {
            "account_sid": self.account_sid,
            "answered_by": c.answered_by,
            "api_version": VERSION,
            "caller_name": None,
            "date_created": rfc_2822(c.created_at),
            "date_updated": rfc_2822(c.ended_at or c.answered_at or c.started_at or c.created_at),
            "direction": c.direction,
            "duration": str(c.seconds) if c.status == "completed" else None,
            "end_time": None if c.ended_at is None else rfc_2822(c.ended_at),
            "forwarded_from": None,
            "from": c.sender,
            "from_formatted": c.sender,
            "group_sid": None,
            "parent_call_sid": None,
            "phone_number_sid": None,
            "price": None,
            "price_unit": "USD",
            "queue_time": "0",
            "sid": c.sid,
            "start_time": None if c.started_at is None else rfc_2822(c.started_at),
            "status": c.status,
            "subresource_uris": {n: self.uri(f"Calls/{c.sid}/{n.title()}.json") for n in subresources},
            "to": c.to,
            "to_formatted": c.to,
            "trunk_sid": None,
            "uri": self.uri(f"Calls/{c.sid}.json"),
        }


def rfc_2822(instant: datetime) -> str:
    """A time as Twilio writes it."""
    return format_datetime(instant.replace(microsecond=0))
