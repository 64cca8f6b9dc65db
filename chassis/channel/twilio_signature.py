"""Whether a request comes from Twilio: X-Twilio-Signature, checked against the address that Twilio was given.

https://www.twilio.com/docs/usage/security: HMAC-SHA1, keyed with the account's token, over the public URL and, for a
form, its fields sorted by name; for JSON the URL holds the body's SHA-256.
"""

import hmac
from base64 import b64encode
from collections.abc import Iterable, Iterator, Sequence
from hashlib import sha256
from urllib.parse import parse_qs, urlsplit

from chassis.channel.core.form import pairs

FRAGMENT = "#rc=3&rp=all"
"""Asks Twilio to try a callback three more times, after any failure and not only where no connection was had."""

_STANDARD_PORTS = {"https": 443, "http": 80}


def signature(token: str, url: str, fields: Iterable[tuple[str, str]]) -> str:
    """What Twilio would sign; a name and value that come twice count once."""
    return _signed(token, url + _words(fields))


def is_authentic(tokens: Sequence[str], url: str, body: bytes, given: str | None) -> bool:
    """Whether one of the tokens signed this body for this address.

    Twilio is not consistent about a standard port in an address, and its documentation does not say whether the
    fragment that carries our wishes about retries is signed; each spelling names the same place, so each is accepted.
    """
    if not given:
        return False
    digests = parse_qs(urlsplit(url).query).get("bodySHA256") if "bodySHA256" in url else None
    if digests is not None and not hmac.compare_digest(sha256(body).hexdigest().encode(), digests[0].encode()):
        return False
    words, expected = "" if digests is not None else _words(pairs(body)), given.encode()
    candidates = (_signed(token, spelling + words) for spelling in _spellings(url) for token in tokens)
    return any(hmac.compare_digest(signed.encode(), expected) for signed in candidates)


def _words(fields: Iterable[tuple[str, str]]) -> str:
    return "".join(name + value for name, value in sorted(set(fields)))


def _signed(token: str, data: str) -> str:
    return b64encode(hmac.digest(token.encode(), data.encode(), "sha1")).decode()


def _spellings(url: str) -> Iterator[str]:
    """The usual one first: most callbacks need no other."""
    yield url
    parts = urlsplit(url)
    host = parts.netloc.rpartition("@")[2]
    if parts.port is None:
        other = parts._replace(netloc=f"{host}:{_STANDARD_PORTS.get(parts.scheme, 443)}").geturl()
    else:
        other = parts._replace(netloc=host.rpartition(":")[0]).geturl()
    yield from (other, url + FRAGMENT, other + FRAGMENT)
