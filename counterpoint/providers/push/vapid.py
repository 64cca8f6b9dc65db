"""Who sent a message, as RFC 8292 wants it proved."""

import json
import re
from base64 import urlsafe_b64decode, urlsafe_b64encode
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ec import (
    ECDSA,
    SECP256R1,
    EllipticCurvePublicKey,
    derive_private_key,
)
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

MOST = timedelta(days=1)
_HEADER = re.compile(r"vapid (?=.*\bt=(?P<token>[\w-]+\.[\w-]+\.[\w-]+))(?=.*\bk=(?P<key>[\w-]{87}))", re.IGNORECASE)


class Unproved(Exception):
    """Why the sender is not believed."""


def vapid_key(secret: str) -> str:
    """The sender's private key that a secret stands for, as settings hold it: equal secrets, equal keys."""
    return encoded((int.from_bytes(sha256(b"vapid/" + secret.encode()).digest()[:31]) + 1).to_bytes(32))


def public_key(private_key: str) -> str:
    """The public half of a sender's key, as the portal gives it to browsers."""
    key = derive_private_key(int.from_bytes(decoded(private_key)), SECP256R1()).public_key()
    return encoded(key.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint))


def sender_of(header: str, origin: str, now: datetime) -> str:
    """The key of whoever sent a message to the push service at an origin; raises Unproved."""
    found = _HEADER.match(header)
    if found is None:
        raise Unproved("no VAPID authorization")
    said, _, signature = found["token"].rpartition(".")
    raw = decoded(signature)
    signed = encode_dss_signature(int.from_bytes(raw[:32]), int.from_bytes(raw[32:]))
    try:
        key = EllipticCurvePublicKey.from_encoded_point(SECP256R1(), decoded(found["key"]))
        key.verify(signed, said.encode(), ECDSA(SHA256()))
        head, claims = (json.loads(decoded(part)) for part in said.split("."))
    except (InvalidSignature, ValueError):
        raise Unproved("the signature is wrong") from None
    _hold(head, claims, origin, now)
    return found["key"]


def _hold(head: Any, claims: Any, origin: str, now: datetime) -> None:
    if head.get("alg") != "ES256":
        raise Unproved("alg must be ES256")
    if claims.get("aud") != origin:
        raise Unproved(f"aud must be {origin}")
    expires = claims.get("exp")
    if not isinstance(expires, int) or not 0 < expires - now.timestamp() <= MOST.total_seconds():
        raise Unproved("exp must lie within a day")
    if not str(claims.get("sub", "")).startswith(("mailto:", "https://")):
        raise Unproved("sub must be mailto: or https:")


def decoded(text: str) -> bytes:
    """Bytes from URL-safe base 64, with or without its padding."""
    return urlsafe_b64decode(text + "=" * (-len(text) % 4))


def encoded(raw: bytes) -> str:
    """Bytes in URL-safe base 64 without its padding."""
    return urlsafe_b64encode(raw).decode().rstrip("=")
