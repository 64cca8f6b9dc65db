"""A small clean story, as the check finds it: one file of three rows, one consumer, two texts, a question, a stop."""

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from msgspec.structs import replace

from counterpoint.recount.evidence import Evidence, Handed, Note, Paid, Said, Text
from counterpoint.recount.log import Log, Record, Unread
from counterpoint.recount.recount import Recount, recount

MONDAY = datetime(2026, 10, 19, 14, tzinfo=UTC)
"""Ten in the morning in New York."""
THURSDAY = MONDAY + timedelta(days=3)
STOPPED = THURSDAY + timedelta(hours=2)
SETTLED = MONDAY + timedelta(days=20)
CONSUMER, NUMBER, DEBT = "con-1", "+12125550100", "debt-1"
TOPICS = {
    "PlacementSubmitted": "placements-raw",
    "PlacementRejected": "placement-batches",
    "PlacementBatchLoaded": "placement-batches",
    "AccountPlaced": "placements",
    "ContactRequested": "contact-requests",
    "ContactApproved": "contact-verdicts",
    "ContactDeferred": "contact-verdicts",
    "TextApproved": "approved-sms",
    "EmailApproved": "approved-email",
    "CallApproved": "approved-voice",
    "CallbackReceived": "provider-callbacks",
    "PaymentSettled": "payments",
    "ChoiceAsked": "choice-questions",
    "ChoiceMade": "choices",
    "SuppressionChanged": "suppressions",
}
UNFLAGGED = dict.fromkeys(
    ("disputed", "ceased", "attorney_represented", "bankrupt", "deceased", "minor", "military"), False
)


def a_phone(number: str = NUMBER, **changes: Any) -> dict[str, Any]:
    """A number, with consent given to us forty days before the first text."""
    consent = {"consented": True, "consent_to": "us", "consented_on": MONDAY.date() - timedelta(days=40)}
    return {"number": number, **consent, "checked_on": None, **changes}


class Story:
    """Records and witnesses of a story that can be told wrongly: change it, then let it be checked."""

    def __init__(self) -> None:
        self.records: list[Record] = []
        self.texts: list[Text] = []
        self.notes: list[Note] = []
        self.unread: list[Unread] = []
        self.dead: list[Unread] = []
        self.stored: dict[str, int] | None = None

    def add(self, event: str, at: datetime, consumer_id: str = CONSUMER, **fields: Any) -> Record:
        """An event that became true, and was written, at an instant."""
        topic = (
            f"counterpoint.{TOPICS.get(event, 'consumer-statements' if 'Opted' in event else 'contact-attempts')}.v1"
        )
        meta = {"event_id": f"event-{len(self.records)}", "occurred_at": at, "consumer_id": consumer_id}
        record = Record(topic, 0, len(self.records), at, event, {"meta": meta, **fields})
        self.records.append(record)
        return record

    def change(self, kind: str, change: Callable[[dict[str, Any]], Mapping[str, Any]]) -> None:
        """Tell every event of a kind otherwise."""
        self.records = [replace(r, body=r.body | dict(change(r.body))) if r.kind == kind else r for r in self.records]

    def drop(self, kind: str, where: Callable[[dict[str, Any]], bool] = lambda _: True) -> None:
        """Lose events of a kind."""
        self.records = [r for r in self.records if r.kind != kind or not where(r.body)]

    def sent(self, at: datetime, contact: str, consumer_id: str = CONSUMER, number: str = NUMBER) -> Text:
        """A text, from the request to its delivery."""
        self._approved(at, contact, consumer_id, number)
        text = Text(
            sequence=len(self.texts) + 1,
            kind="text",
            message_sid=f"SM-{contact}",
            to=number,
            body=f"Hello. Ref {contact}",
            reference={"attempt": f"attempt-{contact}", "contact": contact, "consumer": consumer_id},
            requested_at=at + timedelta(seconds=2),
            received_at=at + timedelta(seconds=9),
            status="delivered",
        )
        self.texts.append(text)
        attempt = {"contact_id": contact, "attempt_id": f"attempt-{contact}", "channel": "SMS"}
        self.add(
            "AttemptStarted", at + timedelta(seconds=1), consumer_id, started_at=at + timedelta(seconds=1), **attempt
        )
        self.add("AttemptAccepted", at + timedelta(seconds=3), consumer_id, **attempt)
        form = {"MessageSid": text.message_sid, "MessageStatus": "delivered", "To": number}
        self.heard(at + timedelta(seconds=10), "STATUS", form, consumer_id)
        self.add(
            "AttemptStatusChanged",
            at + timedelta(seconds=10),
            consumer_id,
            status="DELIVERED",
            terminal=True,
            **attempt,
        )
        return text

    def _approved(self, at: datetime, contact: str, consumer_id: str, number: str) -> None:
        about = {"contact_id": contact, "channel": "SMS", "debt_ids": [DEBT]}
        findings = [{"rule_id": "us.hours.federal", "result": "ALLOWED"}]
        expires = at + timedelta(hours=8)
        self.add("ContactRequested", at, consumer_id, **about)
        self.add("ContactApproved", at, consumer_id, decided_at=at, expires_at=expires, findings=findings, **about)
        self.add("TextApproved", at, consumer_id, contact_id=contact, to=number, expires_at=expires)

    def heard(self, at: datetime, kind: str, form: Mapping[str, str], consumer_id: str = CONSUMER) -> None:
        """A callback."""
        self.add("CallbackReceived", at, consumer_id, kind=kind, body=urlencode(form).encode(), received_at=at)

    def wrote(self, at: datetime, body: str, meaning: str, number: str = NUMBER, consumer_id: str = CONSUMER) -> None:
        """A consumer writes; a stop is heard as one."""
        sid = f"SMin-{len(self.records)}"
        self.notes.append(Said(at, number, sid, meaning))
        self.heard(at, "INBOUND", {"MessageSid": sid, "From": number, "Body": body}, consumer_id)
        self.add("ReplyReceived", at, consumer_id, provider_id=sid)
        if meaning == "stop":
            self.add("OptedOut", at, consumer_id, channel="SMS", scope="MEDIUM", stated_at=at)
            self.add("SuppressionChanged", at + timedelta(seconds=1), consumer_id, active=True)

    def placed(
        self, row: int, consumer_id: str = CONSUMER, number: str = NUMBER, zone: str = "America/New_York"
    ) -> None:
        """A row that was placed."""
        self.submitted(row, f"AC-{row}")
        self.add(
            "AccountPlaced",
            MONDAY - timedelta(hours=3),
            consumer_id,
            batch_id="batch",
            row_number=row,
            client_id="acme",
            client_account_number=f"AC-{row}",
            placement_sequence=1,
            debt_id=DEBT,
            phones=[a_phone(number)],
            zones=[{"zone": zone}],
            flags=dict(UNFLAGGED),
        )

    def submitted(self, row: int, account: str) -> None:
        """A row as the client wrote it."""
        fields = {"client_account_number": account, "placement_sequence": "1"}
        at = MONDAY - timedelta(hours=3)
        self.add("PlacementSubmitted", at, "", batch_id="batch", row_number=row, client_id="acme", fields=fields)

    def evidence(self) -> Evidence:
        """All of it, as it is now."""
        log = Log(self.records, self.unread, self.dead)
        return Evidence(log, self.texts, self.notes, SETTLED, 1.0, self.stored or dict(log.records))

    def checked(self) -> Recount:
        """What the check says."""
        return recount(self.evidence())


def a_story() -> Story:
    """Nothing is wrong with it."""
    story = Story()
    story.placed(1)
    story.submitted(2, "AC-2")
    at = MONDAY - timedelta(hours=3)
    story.add("PlacementRejected", at, "", batch_id="batch", row_number=2)
    story.submitted(3, "ac-1 ")
    totals = {"rows": 3, "placed": 1, "rejected": 1, "repeated": 1, "file_sha256": "5ha"}
    story.add("PlacementBatchLoaded", at, "", batch_id="batch", **totals)
    story.notes.append(Handed("acme", "5ha", 3))
    asked = story.add("ChoiceAsked", MONDAY, "choice/hour", for_consumer_id=CONSUMER)
    made = story.add("ChoiceMade", MONDAY, option="morning")
    made.body["meta"]["causation_id"] = asked.body["meta"]["event_id"]
    story.sent(MONDAY, "first")
    story.wrote(MONDAY + timedelta(hours=1), "Who is this?", "question")
    story.sent(THURSDAY, "second")
    story.wrote(STOPPED, "please quit texting me", "stop")
    story.notes.append(Paid("acme", "pay-1"))
    story.add("PaymentSettled", THURSDAY, payment_id="acme:pay-1")
    return story


def failed(found: Recount) -> set[str]:
    """The names of the checks that found something."""
    return {check.name for check in found.checks if check.faults}


def numbers(found: Recount) -> tuple[int, int, int]:
    """Unlawful, double, lost."""
    unlawful, double, lost = found.numbers.values()
    return unlawful, double, lost


def changed(texts: Sequence[Text], contact: str, **fields: Any) -> list[Text]:
    """The ledger, with one text told otherwise."""
    return [replace(t, **fields) if t.contact_id == contact else t for t in texts]
