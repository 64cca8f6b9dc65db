"""Who may use the HTTP interface: keys are known by their SHA-256 only, and compared in constant time."""

import hmac
import re
from collections.abc import Sequence
from hashlib import sha256

from msgspec import Struct

from chassis.failures import Halted
from contracts.ids import ClientId

ANY = "*"
_ENTRY = re.compile(r"(\*|[a-z0-9][a-z0-9-]{0,63})=([0-9a-f]{64})")
_CLIENT = re.compile("[a-z0-9][a-z0-9-]{0,63}")


class WrongKeys(Halted):
    """The setting with the API keys cannot be read; the message does not show it."""


class ApiKey(Struct, frozen=True):
    """A key's hash, and the client that it belongs to; `*` may act for any."""

    client: str
    digest: bytes


def hash_of(key: str) -> str:
    """A key as the setting wants it: its SHA-256 in hex. Use long random keys: a hash keeps no short secret."""
    return sha256(key.encode()).hexdigest()


def parse_keys(setting: str) -> tuple[ApiKey, ...]:
    """The keys of `client=hash,client=hash`; raises WrongKeys."""
    keys = []
    for number, entry in enumerate(filter(None, (e.strip() for e in setting.split(","))), start=1):
        found = _ENTRY.fullmatch(entry)
        if found is None:
            raise WrongKeys(
                f"COUNTERPOINT_INGEST_API_KEYS: entry {number} is not client=sha256 with 64 lower-case hex digits"
            )
        keys.append(ApiKey(found[1], bytes.fromhex(found[2])))
    return tuple(keys)


def client_of(keys: Sequence[ApiKey], authorization: str, named: str | None) -> ClientId | None:
    """The client that a request acts for; None if its key is unknown or is another client's.

    Every key is compared, so that the time taken tells nothing of which one nearly fitted.
    """
    scheme, _, key = authorization.partition(" ")
    digest = sha256(key.strip().encode()).digest()
    clients = [k.client for k in keys if hmac.compare_digest(k.digest, digest)]
    if scheme.lower() != "bearer" or not clients:
        return None
    if ANY in clients:
        return ClientId(named) if named and _CLIENT.fullmatch(named) else None
    return ClientId(clients[0]) if named in (None, clients[0]) else None
