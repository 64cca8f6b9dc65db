"""Twilio's error codes, each by what it means for the next step; nothing but this table knows a code.

The codes and their meaning are on https://www.twilio.com/docs/api/errors, one page for each.
What keeps a message from WhatsApp says nothing of the number as one for texts: it is temporary, and texts may go.
"""

from collections.abc import Mapping

from contracts.events import ReasonClass

_PERMANENT = ReasonClass.PERMANENT_ADDRESS
_TEMPORARY = ReasonClass.TEMPORARY
_CONTENT = ReasonClass.CONTENT_OR_REPUTATION
_CONFIGURATION = ReasonClass.CONFIGURATION
_UNKNOWN = (ReasonClass.UNKNOWN, "unknown")

CODES: Mapping[str, tuple[ReasonClass, str]] = {
    "20003": (_CONFIGURATION, "not-authenticated"),
    "20404": (_CONFIGURATION, "no-such-resource"),
    "20429": (_TEMPORARY, "too-many-requests"),
    "20500": (ReasonClass.TECHNICAL, "provider-fault"),
    "21211": (_PERMANENT, "number-not-valid"),
    "21265": (_PERMANENT, "number-is-a-short-code"),
    "21266": (_CONFIGURATION, "to-and-from-equal"),
    "21408": (_CONFIGURATION, "region-not-permitted"),
    "21602": (_CONFIGURATION, "body-missing"),
    "21603": (_CONFIGURATION, "sender-missing"),
    "21604": (_CONFIGURATION, "recipient-missing"),
    "21606": (_CONFIGURATION, "sender-cannot-send"),
    "21609": (_CONFIGURATION, "callback-address-not-valid"),
    "21610": (ReasonClass.OPTED_OUT, "recipient-unsubscribed"),
    "21611": (_TEMPORARY, "sender-queue-full"),
    "21612": (_TEMPORARY, "no-route"),
    "21614": (_PERMANENT, "not-a-mobile-number"),
    "21617": (_CONFIGURATION, "body-too-long"),
    "21635": (_PERMANENT, "landline"),
    "30001": (_TEMPORARY, "queue-overflow"),
    "30002": (_CONFIGURATION, "account-suspended"),
    "30003": (_TEMPORARY, "handset-unreachable"),
    "30004": (ReasonClass.OPTED_OUT, "blocked-by-carrier-or-handset"),
    "30005": (_PERMANENT, "number-not-in-service"),
    "30006": (_PERMANENT, "landline-or-unreachable-carrier"),
    "30007": (_CONTENT, "filtered-by-carrier"),
    "30008": (_TEMPORARY, "unknown-at-carrier"),
    "30022": (_TEMPORARY, "rate-limit-of-campaign"),
    "30023": (_TEMPORARY, "daily-cap-of-campaign"),
    "30027": (_TEMPORARY, "daily-cap-of-brand"),
    "30034": (_CONFIGURATION, "number-not-registered"),
    "30036": (ReasonClass.EXPIRED, "validity-period-over"),
    "30410": (_TEMPORARY, "carrier-timeout"),
    "21910": (_CONFIGURATION, "sender-and-recipient-of-two-kinds"),
    "63003": (_TEMPORARY, "not-on-whatsapp"),
    "63007": (_CONFIGURATION, "no-sender-on-whatsapp"),
    "63012": (_TEMPORARY, "whatsapp-fault"),
    "63013": (_CONTENT, "against-the-rules-of-whatsapp"),
    "63016": (_TEMPORARY, "window-of-whatsapp-over"),
    "63018": (_TEMPORARY, "rate-limit-of-whatsapp"),
    "63024": (_TEMPORARY, "not-reached-by-whatsapp"),
    "63032": (_TEMPORARY, "kept-back-by-whatsapp"),
}


def reason_of(code: str | None) -> ReasonClass:
    """What a code means for the next step; UNKNOWN for one that is not in the table."""
    return CODES.get(code or "", _UNKNOWN)[0]


def name_of(code: str | None) -> str:
    """A code in words, fit for a label."""
    return CODES.get(code or "", _UNKNOWN)[1]
