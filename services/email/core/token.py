"""What names an attempt and its consumer in a mail's own headers, so that whatever comes back finds its way home.

34 bytes in lower-case base 32: the attempt's id (16), the consumer's (12) and a signature (6). It stands in the
Message-ID, and in the envelope's sender (variable envelope return path), whose local part may have 64 characters.
"""

import hmac
import re
from base64 import b32decode, b32encode
from binascii import Error as NotBase32
from collections.abc import Iterable
from hashlib import sha256

from msgspec import Struct

from contracts.ids import AttemptId, ConsumerId

_UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
_CONSUMER = re.compile(r"con-[0-9a-f]{24}")
_FOUND = re.compile(r"(?:^|[^a-z2-7])([a-z2-7]{55})(?=$|[^a-z2-7])", re.IGNORECASE)
_ATTEMPT, _ALL = 16, 28


class Named(Struct, frozen=True):
    """Whom and what a token names."""

    attempt_id: AttemptId
    consumer_id: ConsumerId


def token(attempt_id: str, consumer_id: str, key: bytes) -> str:
    """The token of an attempt; raises ValueError for ids that are not of the form that we give."""
    if not _UUID.fullmatch(attempt_id) or not _CONSUMER.fullmatch(consumer_id):
        raise ValueError("a token needs the ids of an attempt and a consumer as we give them")
    said = bytes.fromhex(attempt_id.replace("-", "")) + bytes.fromhex(consumer_id.removeprefix("con-"))
    return b32encode(said + _sign(key, said)).decode().lower().rstrip("=")


def named(text: str, keys: Iterable[bytes]) -> Named | None:
    """Whom the first good token in a text names, if one of the keys signed it."""
    tried = list(keys)
    for found in _FOUND.findall(text):
        raw = _raw(found)
        if raw is not None and any(hmac.compare_digest(_sign(k, raw[:_ALL]), raw[_ALL:]) for k in tried):
            return _named(raw)
    return None


def claimed(text: str) -> Named | None:
    """Whom a text names, whoever wrote it: to be used only where a false name does no harm."""
    for found in _FOUND.findall(text):
        if (raw := _raw(found)) is not None:
            return _named(raw)
    return None


def _raw(found: str) -> bytes | None:
    try:
        return b32decode(found.upper() + "=")
    except NotBase32:
        return None


def _named(raw: bytes) -> Named:
    h = raw[:_ATTEMPT].hex()
    attempt_id = f"{h[:8]}-{h[8:12]}-{h[12:16]}-{h[16:20]}-{h[20:]}"
    return Named(AttemptId(attempt_id), ConsumerId("con-" + raw[_ATTEMPT:_ALL].hex()))


def _sign(key: bytes, said: bytes) -> bytes:
    return hmac.new(key, b"mail/" + said, sha256).digest()[:6]
