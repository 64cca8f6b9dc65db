"""Where a call stands, signed: it goes to the provider and comes back with whatever the consumer pressed or said.

Ids and steps only, nothing personal: addresses end up in other people's logs. The same token always leads to the same
answer, so that a provider that asks twice gets the same one.
"""

import hmac
from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error as NotBase64

import msgspec

from services.voice.core.place import Place

_SIGNATURE = 16
MOST_CHARACTERS = 1000
_encoder = msgspec.msgpack.Encoder()
_decoder = msgspec.msgpack.Decoder(Place)


def written(place: Place, key: bytes) -> str:
    """The token of a place."""
    said = _encoder.encode(place)
    return urlsafe_b64encode(_sign(key, said) + said).decode().rstrip("=")


def read(token: str, key: bytes) -> Place | None:
    """The place that a token tells of; None if we did not write it."""
    if len(token) > MOST_CHARACTERS or not token.isascii():
        return None
    try:
        raw = urlsafe_b64decode(token + "=" * (-len(token) % 4))
    except NotBase64:
        return None
    signature, said = raw[:_SIGNATURE], raw[_SIGNATURE:]
    if not hmac.compare_digest(signature, _sign(key, said)):
        return None
    try:
        return _decoder.decode(said)
    except msgspec.MsgspecError:
        return None


def _sign(key: bytes, said: bytes) -> bytes:
    return hmac.digest(key, b"place of a call/" + said, "sha256")[:_SIGNATURE]
