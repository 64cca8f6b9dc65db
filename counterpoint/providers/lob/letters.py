"""The letters of one account, as Lob keeps them."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from hashlib import blake2b
from typing import Any

BLANK = "https://lob-assets.com/letters/{id}_signature.pdfversion=v1&expires=1790000000&signature=simulated"
"""Nothing is there. The specification's pattern leaves out the question mark that an address would have."""

MOST_KEPT = 500
"""So many letters are kept as they were printed; of those before only the words."""


@dataclass(slots=True, eq=False)
class Letter:
    """One letter; times on the simulated clock."""

    id: str
    to: dict[str, Any]
    sender: dict[str, Any]
    metadata: dict[str, str]
    words: str
    pages: int
    created_at: datetime
    color: bool
    mail_type: str
    use_type: str
    status: str = "processed"
    deleted: bool = False
    scans: list[dict[str, Any]] = field(default_factory=list)


@dataclass(slots=True)
class Letters:
    """All letters, oldest first, and what was answered to a key of idempotency."""

    seed: int
    undo: timedelta
    every: list[Letter] = field(default_factory=list)
    by_id: dict[str, Letter] = field(default_factory=dict)
    answers: dict[str, tuple[bytes, str]] = field(default_factory=dict)
    pages_of: dict[str, bytes] = field(default_factory=dict)

    def keep(self, letter: Letter, pdf: bytes) -> None:
        """Keep the pages of the newest letters, to be looked at."""
        self.pages_of[letter.id] = pdf
        if len(self.pages_of) > MOST_KEPT:
            del self.pages_of[next(iter(self.pages_of))]

    def create(self, content: dict[str, Any], words: str, pages: int, at: datetime) -> Letter:
        """A new letter; its id follows from the seed and how many there were before."""
        digest = blake2b(f"{self.seed}/letter/{len(self.every)}".encode(), digest_size=8).hexdigest()
        letter = Letter(
            id=f"ltr_{digest}",
            to=content["to"],
            sender=content["from"],
            metadata=content.get("metadata", {}),
            words=words,
            pages=pages,
            created_at=at,
            color=bool(content["color"]),
            mail_type=content.get("mail_type", "usps_first_class"),
            use_type=content["use_type"],
        )
        self.every.append(letter)
        self.by_id[letter.id] = letter
        return letter

    def shown(self, letter: Letter) -> dict[str, Any]:
        """A letter as Lob answers it."""
        return {
            "id": letter.id,
            "description": None,
            "metadata": letter.metadata,
            "to": _address(letter, "to"),
            "from": _address(letter, "from"),
            "color": letter.color,
            "double_sided": True,
            "address_placement": "top_first_page",
            "return_envelope": False,
            "perforated_page": None,
            "custom_envelope": None,
            "extra_service": None,
            "mail_type": letter.mail_type,
            "use_type": letter.use_type,
            "url": BLANK.format(id=letter.id),
            "carrier": "USPS",
            "tracking_number": None,
            "tracking_events": letter.scans,
            "thumbnails": [],
            "expected_delivery_date": (letter.created_at + timedelta(days=6)).date().isoformat(),
            "date_created": moment(letter.created_at),
            "date_modified": moment(letter.created_at),
            "send_date": moment(letter.created_at + self.undo),
            "status": letter.status,
            "object": "letter",
        } | ({"deleted": True} if letter.deleted else {})


def moment(at: datetime) -> str:
    """An instant as Lob writes it."""
    return at.strftime("%Y-%m-%dT%H:%M:%S.") + f"{at.microsecond // 1000:03}Z"


def _address(letter: Letter, side: str) -> dict[str, Any]:
    given = letter.to if side == "to" else letter.sender
    digest = blake2b(f"{letter.id}/{side}".encode(), digest_size=8).hexdigest()
    return {
        "id": f"adr_{digest}",
        "description": None,
        "name": given.get("name"),
        "company": given.get("company"),
        "phone": None,
        "email": None,
        "address_line1": given["address_line1"],
        "address_line2": given.get("address_line2"),
        "address_city": given["address_city"],
        "address_state": given["address_state"],
        "address_zip": given["address_zip"],
        "address_country": "UNITED STATES",
        "metadata": {},
        "date_created": moment(letter.created_at),
        "date_modified": moment(letter.created_at),
        "object": "address",
    }
