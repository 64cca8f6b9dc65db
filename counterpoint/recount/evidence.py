"""What the check goes by: the log, what phones received, and what consumers and clients say they did."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from urllib.parse import parse_qs
from zoneinfo import ZoneInfo

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from counterpoint.recount import law
from counterpoint.recount.log import Log, Record

CHANNELS = {"text": "SMS", "email": "EMAIL", "letter": "LETTER", "call": "VOICE", "voicemail": "VOICE", "push": "PUSH"}
"""The channel of each kind of entry in the ledger."""
WHATSAPP = "whatsapp:"
"""Before a number, where a text went or came by WhatsApp: the same person, and the same rules."""


class Text(Struct, frozen=True):
    """A message, a letter or a call as the world got it.

    `reference` is what its sender wrote into the callback's address, or beside it.
    `received_at` is None where no phone got it.
    """

    sequence: int
    kind: str
    message_sid: str
    to: str
    body: str
    reference: dict[str, str]
    requested_at: datetime
    received_at: datetime | None
    status: str

    @property
    def consumer_id(self) -> str:
        """For whom it is."""
        return self.reference.get("consumer") or self.reference.get("cp_consumer", "")

    @property
    def contact_id(self) -> str:
        """Which contact it is."""
        return self.reference.get("contact") or self.reference.get("cp_contact", "")

    @property
    def channel(self) -> str:
        """By what medium, as the log names it."""
        return CHANNELS.get(self.kind, "")

    @property
    def key(self) -> str:
        """By which faults name it."""
        return self.contact_id or self.message_sid


class Said(Struct, frozen=True, tag="said"):
    """A consumer wrote, and this is what was meant."""

    at: datetime
    phone: str
    message_sid: str
    meaning: str


class Paid(Struct, frozen=True, tag="paid"):
    """A client reported a payment, and was told that it is recorded."""

    client: str
    payment_id: str


class Handed(Struct, frozen=True, tag="handed"):
    """A client handed a file over, with so many rows."""

    client: str
    sha256: str
    rows: int


Note = Said | Paid | Handed


class Evidence(Struct, frozen=True):
    """All of it. What happened after `settled` may still be under way, and is no loss yet; `rate` is the clock's.

    `stored` are the rows of the read model by topic, None if it could not be asked.
    """

    log: Log
    ledger: Sequence[Text]
    notes: Sequence[Note]
    settled: datetime
    rate: float = 1.0
    stored: Mapping[str, int] | None = None

    @property
    def texts(self) -> list[Text]:
        """What we sent, without the provider's own confirmations."""
        return [t for t in self.ledger if t.kind == "text"]

    @property
    def emails(self) -> list[Text]:
        """The e-mails that mailboxes got, or that came back; by SMTP they name no contact, only a token."""
        return [t for t in self.others if t.kind == "email"]

    @property
    def others(self) -> list[Text]:
        """E-mails, letters, calls and notifications of ours, each once: some come back after they had arrived."""
        ours = (t for t in self.ledger if t.channel not in ("", "SMS") and t.reference)
        return list({t.message_sid: t for t in ours}.values())

    @property
    def calls(self) -> list[Text]:
        """The calls that we placed, answered or not, with what was said on them; consumers' own name no contact."""
        return [t for t in self.ledger if t.kind in ("call", "voicemail") and t.contact_id]

    @property
    def purposes(self) -> dict[str, str]:
        """What each contact was for: as it was asked for, or as it was approved if that is something else."""
        said = (r.body for r in self.log.of("ContactRequested", "ContactApproved"))
        return {body["contact_id"]: body["purpose"] for body in said if body.get("purpose")}

    def real(self, simulated: timedelta) -> float:
        """Real seconds that a span of simulated time took."""
        return simulated.total_seconds() / self.rate


def read_texts(lines: Iterable[bytes]) -> list[Text]:
    """The simulator's ledger, from its lines of JSON."""
    texts = [msgspec.json.decode(line, type=Text) for line in lines if line.strip()]
    return [replace(t, to=_number(t.to)) if t.to.startswith(WHATSAPP) else t for t in texts]


def read_notes(file: Path) -> list[Note]:
    """The notes of synthetic consumers; none if there is no such file."""
    if not file.exists():
        return []
    return [msgspec.json.decode(line, type=Note) for line in file.read_bytes().splitlines() if line.strip()]


NEVER = datetime(1970, 1, 2, tzinfo=UTC)


class Consumers:
    """What placements say of consumers: where they may be, at which numbers, and what bars them."""

    def __init__(self, log: Log) -> None:
        self._placed: dict[str, list[Record]] = defaultdict(list)
        self.at_number: dict[str, dict[str, datetime]] = defaultdict(dict)
        """Consumers at each number, with the time since which we know."""
        for record in sorted(log.of("AccountPlaced"), key=lambda r: r.written_at):
            self._placed[record.consumer_id].append(record)
            for phone in record.body["phones"]:
                self.at_number[phone["number"]].setdefault(record.consumer_id, record.written_at)
        self._learned = [r for r in log.of("FactLearned") if r.body["fact"] in law.CONSENT_FACTS]
        self._facts = [r for r in log.of("FactLearned") if r.body["fact"] in law.BARRING_FACTS and r.body["holds"]]

    def zones(self, consumer_id: str, at: datetime) -> tuple[ZoneInfo, ...]:
        """Every zone that placements known by then speak for; with all of the United States where one names no zone."""
        said = {z["zone"] for r in self._known(consumer_id, at) for z in r.body["zones"]}
        named = {name: _zone(name) for name in said}
        if not said or None in named.values():
            named |= {name: _zone(name) for name in law.ANYWHERE}
        return tuple(zone for _, zone in sorted(named.items()) if zone is not None)

    def barred(self, consumer_id: str, at: datetime) -> list[str]:
        """What bars every text to the consumer, by what was known then."""
        flags = [f for r in self._known(consumer_id, at) for f, true in r.body["flags"].items() if true]
        facts = [r.body["fact"].lower() for r in self._facts if r.consumer_id == consumer_id and r.written_at <= at]
        return sorted({f for f in (*flags, *facts) if f in law.BARRING_FLAGS})

    def refused(self, consumer_id: str, number: str, at: datetime) -> bool:
        """Whether a client has told us that consent to texts to this number was refused."""
        phones = (p for r in self._known(consumer_id, at) for p in r.body["phones"])
        return any(p["number"] == number and p["consented"] is False for p in phones)

    def agreed_to_emails(self, consumer_id: str, address: str, at: datetime) -> bool:
        """Whether a client has told us that consent to e-mails at this address was given to us, and none denies it."""
        emails = (e for r in self._known(consumer_id, at) for e in r.body["emails"] if e["address"] == address)
        said = {e.get("consented") for e in emails}
        return True in said and False not in said

    def consents(self, text: Text, wrote: Sequence[datetime], zone: ZoneInfo) -> list[date]:
        """Dates that speak for a text: consents to us, checks since one, and what came from the number itself.

        None of them counts that was before a withdrawal, and none at all where the newest check found the number to be
        somebody else's.
        """
        consumer_id, at = text.consumer_id, text.requested_at
        phones = [p for r in self._known(consumer_id, at) for p in r.body["phones"] if p["number"] == text.to]
        given = [p["consented_on"] for p in phones if p["consented"] and p.get("consent_to") == "us"]
        checks = [p.get("checked_on") for p in phones]
        withdrawn = gone = NEVER
        here = {None, *(p.get("address_id") for p in phones)}
        for r in self._learned:
            if r.consumer_id != consumer_id or r.written_at > at or r.body["address_id"] not in here:
                continue
            since = r.body["from_at"]
            if r.body["fact"] == "NUMBER_CHECKED":
                checks += [since.astimezone(zone).date()] if r.body["detail"] == "same" else []
                gone = max(gone, since) if r.body["detail"] == "reassigned" else NEVER
            elif r.body["holds"]:
                given += [since.astimezone(zone).date()] if r.body["detail"] == "collector" else []
            else:
                withdrawn = max(withdrawn, since)
        if gone is not NEVER:
            return []
        given = [day for day in given if day is not None and day > withdrawn.astimezone(zone).date()]
        since_one = [day for day in checks if given and day is not None and day >= min(given)]
        return given + since_one + [t.astimezone(zone).date() for t in wrote if withdrawn < t <= at]

    def _known(self, consumer_id: str, at: datetime) -> list[Record]:
        return [r for r in self._placed.get(consumer_id, ()) if r.written_at <= at]


def _zone(name: str) -> ZoneInfo | None:
    try:
        return ZoneInfo(name)
    except (LookupError, ValueError, OSError):
        return None


def from_phones(log: Log) -> list[Record]:
    """Callbacks of the provider of texts; those of other channels have another form."""
    return [r for r in log.of("CallbackReceived") if r.body.get("provider", "twilio") == "twilio"]


def form(record: Record) -> dict[str, str]:
    """The fields of a callback's body."""
    pairs = parse_qs(record.body["body"].decode("utf-8", "replace"), keep_blank_values=True)
    return {name: _number(values[0]) if name in ("From", "To") else values[0] for name, values in pairs.items()}


def _number(address: str) -> str:
    return address.removeprefix(WHATSAPP)
