"""The canonical columns of a placement; a client's mapping turns its own columns into these."""

from enum import Enum

from msgspec import Struct

CELLS = "#cells"
"""Marks a row of the wrong width; the value is `<cells found>/<columns named>`."""
NOT_TEXT = "#not-text"
"""Marks a row with cells that are lists or objects; the value is their columns, separated by commas."""
MARKS = frozenset((CELLS, NOT_TEXT))

MOST_COLUMNS = 200
MOST_CHARACTERS = 500


class Need(Enum):
    """Whether a column, and a value in it, must be there."""

    REQUIRED = "required"
    OPTIONAL = "optional"


class Column(Struct, frozen=True):
    """One column: what goes into it."""

    name: str
    need: Need
    holds: str


def _required(name: str, holds: str) -> Column:
    return Column(name, Need.REQUIRED, holds)


def _optional(name: str, holds: str) -> Column:
    return Column(name, Need.OPTIONAL, holds)


FLAGS = {
    "disputed": "The consumer disputes the debt.",
    "ceased": "The consumer asked in writing that contact cease.",
    "attorney_represented": "An attorney represents the consumer.",
    "bankrupt": "A bankruptcy case was filed.",
    "deceased": "The consumer has died.",
    "minor": "The consumer is under age.",
    "military": "The consumer serves in the armed forces.",
}
PHONES = ("phone_1", "phone_2", "phone_3")
EMAILS = ("email_1", "email_2")

COLUMNS: tuple[Column, ...] = (
    _required("client_account_number", "Your number of the account: letters, digits, and . _ / # - inside."),
    _optional("placement_sequence", "Which placement of the account with us this is: 1 (assumed if empty), 2, ..."),
    _required(
        "debt_type",
        "card, medical, auto, student, telecom, utility, rent, government, commercial, judgment or other.",
    ),
    _required("original_creditor", "To whom the debt was first owed."),
    _required("current_creditor", "To whom it is owed now."),
    _optional("currency", "USD; assumed if empty."),
    _required("balance", "Current balance, in dollars and cents; more than zero."),
    _required("itemization_date", "The itemization date (12 CFR 1006.34(b)(3))."),
    _required(
        "itemization_basis",
        "Which date that is: last-statement, charge-off, last-payment, transaction or judgment.",
    ),
    _required("itemization_amount", "Amount of the debt on that date."),
    _required("interest_since", "Interest since that date; 0.00 if none."),
    _required("fees_since", "Fees since that date; 0.00 if none."),
    _required("payments_since", "Payments since that date, as a positive amount; 0.00 if none."),
    _required("credits_since", "Credits since that date, as a positive amount; 0.00 if none."),
    _optional("delinquent_on", "Date of first delinquency."),
    _optional("charged_off_on", "Charge-off date."),
    _required("first_name", "Given name."),
    _optional("middle_name", "Middle name or initial."),
    _required("last_name", "Family name."),
    _optional("suffix", "Jr, Sr, III and the like."),
    _optional("born_on", "Date of birth."),
    _optional("ssn", "Social security number, nine digits; only a keyed hash of it is kept."),
    _optional("language", "ISO 639 code of the language to use, two letters; en is assumed if empty."),
    _required("address_1", "First street line."),
    _optional("address_2", "Second street line."),
    _required("city", "City."),
    _required("state", "Two-letter code of the state, territory or military region."),
    _required("postal_code", "ZIP code: 12345 or 12345-6789."),
    _optional("country", "US; assumed if empty."),
    *(
        column
        for phone in PHONES
        for column in (
            _optional(phone, "Telephone number of the United States, in any usual notation."),
            _optional(f"{phone}_type", "mobile, landline, voip, toll-free or unknown (assumed if empty)."),
            _optional(f"{phone}_consent", "Whether consent to texts is on record: true, false; empty if unknown."),
            _optional(
                f"{phone}_consent_to",
                "To whom consent was given: us (directly, and in writing) or client; empty if unknown.",
            ),
            _optional(f"{phone}_consent_on", "On which date consent was given, or renewed; us needs it."),
            _optional(
                f"{phone}_checked_on",
                "Last date on which the FCC's reassigned numbers database had the number as still the consumer's.",
            ),
        )
    ),
    *(
        column
        for email in EMAILS
        for column in (
            _optional(email, "E-mail address."),
            _optional(
                f"{email}_consent",
                "Whether consent to e-mails, given to us directly, is on record: true, false; empty if unknown.",
            ),
            _optional(f"{email}_consent_on", "On which date it was given."),
        )
    ),
    *(_optional(name, f"{holds} true, false; empty if you do not know.") for name, holds in FLAGS.items()),
)
NAMES = frozenset(c.name for c in COLUMNS)
REQUIRED = tuple(c.name for c in COLUMNS if c.need is Need.REQUIRED)
