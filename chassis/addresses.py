"""Opaque ids for addresses: equal for equal addresses, and nobody without the key can find the address again."""

import hmac
from hashlib import sha256

from contracts.ids import AddressId


def address_id(key: bytes, kind: str, normalised: str) -> AddressId:
    """The id of an address; `kind` is tel, mail, post or push, `normalised` the address in its one canonical form."""
    return AddressId(f"{kind}-{keyed_hash(key, normalised)[:24]}")


def keyed_hash(key: bytes, value: str) -> str:
    """HMAC-SHA256 of a value, in hex."""
    return hmac.new(key, value.encode(), sha256).hexdigest()
