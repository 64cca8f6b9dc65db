"""A push subscription, as a browser makes it: where its push service takes messages, and for whom they are encrypted.

Its one canonical form is endpoint, key and secret with a blank between them.
"""

import re
from base64 import urlsafe_b64decode
from collections.abc import Collection

from msgspec import Struct

LONGEST = 1024
"""Characters of an endpoint; push services give some 200."""
POINT, SECRET = 65, 16
"""Bytes of the key, an uncompressed point of P-256, and of the secret (RFC 8291, section 3)."""

_ENDPOINT = re.compile(r"(https?://(?P<host>[a-z0-9.-]+)(?::\d{1,5})?)/[!-~]+")
_BASE_64 = re.compile(r"[A-Za-z0-9_-]+={0,2}")


class Subscription(Struct, frozen=True):
    """One browser of a consumer's; `origin` is its push service, for which we sign that we are who we say."""

    endpoint: str
    public_key: str
    secret: str
    origin: str

    @property
    def point(self) -> bytes:
        """The browser's key."""
        return _bytes(self.public_key)

    @property
    def shared(self) -> bytes:
        """The secret that browser and sender share."""
        return _bytes(self.secret)

    def __str__(self) -> str:
        return f"{self.endpoint} {self.public_key} {self.secret}"


def subscription(endpoint: str, public_key: str, secret: str) -> Subscription | None:
    """A subscription from its parts; None if they cannot be one."""
    found = _ENDPOINT.fullmatch(endpoint)
    if found is None or len(endpoint) > LONGEST or not (_BASE_64.fullmatch(public_key) and _BASE_64.fullmatch(secret)):
        return None
    made = Subscription(endpoint, public_key.rstrip("="), secret.rstrip("="), found[1])
    try:
        fits = len(made.point) == POINT and made.point[0] == 4 and len(made.shared) == SECRET
    except ValueError:
        return None
    return made if fits else None


def subscription_of(address: str) -> Subscription | None:
    """The subscription in an approval; None if it holds none."""
    parts = address.split(" ")
    return subscription(*parts) if len(parts) == 3 else None


def is_served(origin: str, services: Collection[str]) -> bool:
    """Whether a push service is one of those that we call; `https://*.example` stands for every host below example.

    An endpoint comes from a browser, and so from anybody: nothing else may be called.
    """
    scheme, _, host = origin.partition("://")
    below = (s.removeprefix(f"{scheme}://*") for s in services if s.startswith(f"{scheme}://*."))
    return origin in services or any(host.endswith(end) for end in below)


def _bytes(text: str) -> bytes:
    return urlsafe_b64decode(text + "=" * (-len(text) % 4))
