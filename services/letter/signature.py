"""Whether a webhook comes from Lob: Lob-Signature, an HMAC-SHA256 over its timestamp and the raw body."""

import hmac
from datetime import UTC, datetime, timedelta
from hashlib import sha256

WINDOW = timedelta(minutes=5)
_MILLISECONDS_FROM = 10**11
"""A timestamp from here on is in milliseconds: in seconds it would be later than the year 5000."""


def signature(secret: str, timestamp: str, body: bytes) -> str:
    """What Lob would sign, in hex."""
    return hmac.new(secret.encode(), timestamp.encode() + b"." + body, sha256).hexdigest()


def is_authentic(
    secret: str, timestamp: str, body: bytes, given: str, now: datetime, window: timedelta = WINDOW
) -> bool:
    """Whether this body was signed with the secret, and not long ago."""
    try:
        number = int(timestamp)
        at = datetime.fromtimestamp(number / 1000 if number > _MILLISECONDS_FROM else number, UTC)
    except (ValueError, OverflowError, OSError):
        return False
    signed = signature(secret, timestamp, body)
    return hmac.compare_digest(signed.encode(), given.encode()) and abs(now - at) <= window
