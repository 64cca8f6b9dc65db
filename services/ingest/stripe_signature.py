"""Whether a webhook comes from Stripe: Stripe-Signature, an HMAC-SHA256 over its time and the raw body."""

import hmac
from collections.abc import Sequence
from datetime import datetime, timedelta
from hashlib import sha256

WINDOW = timedelta(minutes=5)


def signature(secret: str, timestamp: str, body: bytes) -> str:
    """What Stripe would sign, in hex."""
    return hmac.new(secret.encode(), timestamp.encode() + b"." + body, sha256).hexdigest()


def is_authentic(secrets: Sequence[str], header: str, body: bytes, now: datetime, window: timedelta = WINDOW) -> bool:
    """Whether one of the secrets signed this body not long ago; a time to come is as wrong as one long past.

    While a secret is changed Stripe signs with both, and we may know both: any pair that fits will do.
    """
    parts = [part.partition("=") for part in header.split(",")]
    stamps = [value.strip() for name, _, value in parts if name.strip() == "t"]
    given = [value.strip().encode() for name, _, value in parts if name.strip() == "v1"]
    if len(stamps) != 1 or not (stamps[0].isascii() and stamps[0].isdigit() and len(stamps[0]) < 12):
        return False
    expected = [signature(secret, stamps[0], body).encode() for secret in secrets]
    fits = any([hmac.compare_digest(e, g) for e in expected for g in given])
    return fits and abs(now.timestamp() - int(stamps[0])) <= window.total_seconds()
