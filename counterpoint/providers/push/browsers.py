"""Browsers that were let take notifications: each has a key of its own, and shows what it can read."""

import json
import struct
from base64 import urlsafe_b64decode
from binascii import Error as NotBase64
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import blake2b
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.ec import (
    ECDH,
    SECP256R1,
    EllipticCurvePrivateKey,
    EllipticCurvePublicKey,
    derive_private_key,
)
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from counterpoint.providers.push.vapid import encoded


class Unreadable(Exception):
    """A message that the browser cannot read."""


@dataclass(slots=True, eq=False)
class Notice:
    """A message to a browser, and whether and when it was shown; times on the simulated clock."""

    id: str
    browser: "Browser"
    topic: str
    at: datetime
    until: datetime
    content: dict[str, Any]
    shown_at: datetime | None = None
    replaced: bool = False
    tapped: str = ""

    @property
    def state(self) -> str:
        """What became of it, in a word or two."""
        if self.tapped:
            return f"tapped: {self.tapped}"
        if self.replaced:
            return "replaced before it was shown"
        return "shown" if self.shown_at else "waits for the browser"

    @property
    def named(self) -> dict[str, str]:
        """Whom and what its link names: the contact's id (16 bytes) and the consumer's (12)."""
        token = str(self.content.get("navigate", "")).rpartition("/")[2]
        try:
            raw = urlsafe_b64decode(token + "=")
        except NotBase64:
            return {}
        h = raw[:16].hex()
        contact = f"{h[:8]}-{h[8:12]}-{h[12:16]}-{h[16:20]}-{h[20:]}"
        return {"contact": contact, "consumer": f"con-{raw[16:28].hex()}"} if len(raw) == 38 else {}


@dataclass(slots=True, eq=False)
class Browser:
    """One browser; `sender` is the only key whose messages it was let take, any if empty."""

    id: str
    endpoint: str
    key: EllipticCurvePrivateKey
    secret: bytes
    sender: str
    gone: bool = False
    offline: bool = False
    waiting: list[Notice] = field(default_factory=list)
    notices: list[Notice] = field(default_factory=list)

    @property
    def point(self) -> bytes:
        """Its public key."""
        return self.key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)

    @property
    def subscription(self) -> dict[str, Any]:
        """What it gives the page that asks, in the form that browsers give."""
        keys = {"p256dh": encoded(self.point), "auth": encoded(self.secret)}
        return {"endpoint": self.endpoint, "expirationTime": None, "keys": keys}

    @property
    def address(self) -> str:
        """The subscription in one line, as an approval names it."""
        return f"{self.endpoint} {encoded(self.point)} {encoded(self.secret)}"

    def read(self, body: bytes) -> dict[str, Any]:
        """The notification in a message; raises Unreadable."""
        try:
            content = json.loads(self.decrypted(body))
            notification: dict[str, Any] = content["notification"] if content["web_push"] == 8030 else {}
            if not notification["title"] or not notification["navigate"]:
                raise Unreadable("it shows nothing")
        except (ValueError, KeyError, TypeError, InvalidTag, struct.error) as error:
            raise Unreadable(type(error).__name__) from error
        return notification

    def decrypted(self, body: bytes) -> bytes:
        """The plain text of a message of one record (RFC 8188, RFC 8291); raises whatever is wrong with it."""
        salt, (size, length) = body[:16], struct.unpack("!IB", body[16:21])
        sender, sealed = body[21 : 21 + length], body[21 + length :]
        if len(sealed) > size:
            raise Unreadable("more than one record")
        shared = self.key.exchange(ECDH(), EllipticCurvePublicKey.from_encoded_point(SECP256R1(), sender))
        whole = HKDF(SHA256(), 32, self.secret, b"WebPush: info\0" + self.point + sender).derive(shared)
        key = HKDF(SHA256(), 16, salt, b"Content-Encoding: aes128gcm\0").derive(whole)
        nonce = HKDF(SHA256(), 12, salt, b"Content-Encoding: nonce\0").derive(whole)
        filled = AESGCM(key).decrypt(nonce, sealed, None).rstrip(b"\0")
        if not filled.endswith(b"\x02"):
            raise Unreadable("its last record has no mark")
        return filled[:-1]


class Browsers:
    """All browsers of one push service, and every message in the order in which they came."""

    def __init__(self, seed: int) -> None:
        self._seed = seed
        self.by_id: dict[str, Browser] = {}
        self.every: list[Notice] = []

    def new(self, base: str, sender: str) -> Browser:
        """Another browser; its keys follow from the seed and how many there were before."""
        number = len(self.by_id)
        chance = blake2b(f"{self._seed}/browser/{number}".encode(), digest_size=64).digest()
        key = derive_private_key(int.from_bytes(chance[:31]) + 1, SECP256R1())
        id_of = chance[31:47].hex()
        made = Browser(id_of, f"{base}/push/m/{id_of}", key, chance[48:64], sender)
        self.by_id[id_of] = made
        return made

    def take(self, browser: Browser, topic: str, at: datetime, until: datetime, content: dict[str, Any]) -> Notice:
        """A message came; of those that wait with the same topic only the last is kept (RFC 8030, section 5.4)."""
        digest = blake2b(f"{self._seed}/notice/{len(self.every)}".encode(), digest_size=12).hexdigest()
        notice = Notice(digest, browser, topic, at, until, content)
        for before in [n for n in browser.waiting if topic and n.topic == topic]:
            before.replaced = True
            browser.waiting.remove(before)
        self.every.append(notice)
        browser.notices.append(notice)
        browser.waiting.append(notice)
        return notice
