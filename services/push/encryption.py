"""Messages that only the browser can read (RFC 8291), and the proof of who sent them (RFC 8292).

The push service in between sees neither title nor words nor link. Written on the primitives of `cryptography`: what is
left is two key derivations and one header. RFC 8291's own example is a test.
"""

import json
import struct
from base64 import urlsafe_b64decode, urlsafe_b64encode
from datetime import datetime, timedelta

from cryptography.hazmat.primitives.asymmetric.ec import (
    ECDH,
    ECDSA,
    SECP256R1,
    EllipticCurvePrivateKey,
    EllipticCurvePublicKey,
    derive_private_key,
)
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from services.push.core.subscription import Subscription

RECORD = 4096
"""The size of the one record in which a message must fit (RFC 8291, section 4)."""
MOST = RECORD - 86 - 17
"""Bytes of a message with its padding: less the header, the mark at its end and the cipher's tag."""
PRIVATE = 32
"""Bytes of a private key."""
STEP = 256
"""Messages are filled up to a multiple of this, so that their length tells little."""
VALID = timedelta(hours=12)
"""How long a proof holds; push services take none of more than a day."""


class TooLong(Exception):
    """A message that does not fit into a push message."""


def encrypted(
    message: bytes, to: Subscription, sender: EllipticCurvePrivateKey, salt: bytes, step: int = STEP
) -> bytes:
    """A message for one browser; `sender` is a key for this message alone, `salt` 16 bytes of chance.

    Raises TooLong, and ValueError for a key of the browser's that is no point of the curve.
    """
    filled = _filled(message, step)
    theirs = EllipticCurvePublicKey.from_encoded_point(SECP256R1(), to.point)
    ours = point(sender)
    shared = HKDF(SHA256(), 32, to.shared, b"WebPush: info\0" + to.point + ours).derive(sender.exchange(ECDH(), theirs))
    key = HKDF(SHA256(), 16, salt, b"Content-Encoding: aes128gcm\0").derive(shared)
    nonce = HKDF(SHA256(), 12, salt, b"Content-Encoding: nonce\0").derive(shared)
    header = salt + struct.pack("!IB", RECORD, len(ours)) + ours
    return header + AESGCM(key).encrypt(nonce, filled, None)


def _filled(message: bytes, step: int) -> bytes:
    room = min(-(-len(message) // step) * step, MOST)
    if len(message) > MOST:
        raise TooLong
    return message + b"\x02" + bytes(room - len(message))


def point(key: EllipticCurvePrivateKey) -> bytes:
    """The public half of a key, as an uncompressed point."""
    return key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)


def text_of(raw: bytes) -> str:
    """Bytes in URL-safe base 64 without its padding."""
    return urlsafe_b64encode(raw).decode().rstrip("=")


class Proof:
    """Says to each push service who we are; what was signed is used again for half of its time."""

    def __init__(self, private_key: str, contact: str) -> None:
        """Take the key as it stands in the settings; raises ValueError if it is none."""
        raw = urlsafe_b64decode(private_key + "=" * (-len(private_key) % 4))
        if len(raw) != PRIVATE:
            raise ValueError(f"{len(raw)} bytes, and {PRIVATE} are wanted")
        self._key = derive_private_key(int.from_bytes(raw, "big"), SECP256R1())
        self._contact = contact
        self._signed: dict[str, tuple[str, datetime]] = {}
        self.public_key = text_of(point(self._key))

    def header(self, origin: str, now: datetime) -> str:
        """What stands under Authorization in a message to the push service at an origin."""
        token, until = self._signed.get(origin, ("", now))
        if not now < until:
            token = self._token(origin, now + VALID)
            self._signed[origin] = token, now + VALID / 2
        return f"vapid t={token}, k={self.public_key}"

    def _token(self, origin: str, expires_at: datetime) -> str:
        claims = {"aud": origin, "exp": int(expires_at.timestamp()), "sub": self._contact}
        parts = ({"typ": "JWT", "alg": "ES256"}, claims)
        said = ".".join(text_of(json.dumps(part, separators=(",", ":")).encode()) for part in parts)
        r, s = decode_dss_signature(self._key.sign(said.encode(), ECDSA(SHA256())))
        return f"{said}.{text_of(r.to_bytes(32, 'big') + s.to_bytes(32, 'big'))}"
