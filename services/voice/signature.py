"""Whether a request comes from Twilio: X-Twilio-Signature, checked against the address that Twilio was given.

https://www.twilio.com/docs/usage/security: HMAC-SHA1, keyed with the account's token, over the public URL and the
fields of the form, sorted by name. The text channel has the same; what two channels need is not yet everybody's.
"""

import hmac
from base64 import b64encode
from collections.abc import Iterable, Sequence
from hashlib import sha1
from urllib.parse import urlsplit

from chassis.channel.core.form import pairs

FRAGMENT = "#rc=3&rp=all"
"""Asks Twilio to try a callback three more times, after any failure and not only where no connection was had."""

_STANDARD_PORTS = {"https": 443, "http": 80}


def signature(token: str, url: str, fields: Iterable[tuple[str, str]]) -> str:
    """What Twilio would sign; a name and value that come twice count once."""
    data = url + "".join(name + value for name, value in sorted(set(fields)))
    return b64encode(hmac.new(token.encode(), data.encode(), sha1).digest()).decode()


def is_authentic(tokens: Sequence[str], url: str, body: bytes, given: str | None) -> bool:
    """Whether one of the tokens signed this form for this address, however its port and fragment are spelt."""
    if not given:
        return False
    form = pairs(body)
    found = False
    for token in tokens:
        for spelling in _spellings(url):
            found |= hmac.compare_digest(signature(token, spelling, form).encode(), given.encode())
    return found


def _spellings(url: str) -> list[str]:
    parts = urlsplit(url)
    host = parts.netloc.rpartition("@")[2]
    if parts.port is None:
        other = parts._replace(netloc=f"{host}:{_STANDARD_PORTS.get(parts.scheme, 443)}").geturl()
    else:
        other = parts._replace(netloc=host.rpartition(":")[0]).geturl()
    return [url, other, url + FRAGMENT, other + FRAGMENT]
