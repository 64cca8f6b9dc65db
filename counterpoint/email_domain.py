"""What the world is told of a domain that e-mails are from: SPF (RFC 7208), DKIM (RFC 6376), DMARC (RFC 7489), MX.

Large mailbox providers ask bulk senders for the first three, and a bounce that nobody can deliver is never heard of.
"""

from base64 import b64decode
from collections.abc import Iterator, Sequence
from enum import StrEnum

import dns.exception
import dns.resolver
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.serialization import load_der_public_key
from msgspec import Struct

from chassis.failures import Unreachable

MOST_LOOKUPS = 10
"""RFC 7208, 4.6.4: a receiver gives up after so many."""
LEAST_BITS, GOOD_BITS = 1024, 2048


class Grade(StrEnum):
    """How it stands."""

    GOOD = "good"
    WARNING = "warning"
    FAULT = "fault"


class Found(Struct, frozen=True):
    """One thing that was looked at, and what to do if it is not good."""

    about: str
    grade: Grade
    says: str


def resolver_at(server: str | None) -> dns.resolver.Resolver:
    """The machine's own resolver, or the one at an address, `host` or `host:port`."""
    if server is None:
        return dns.resolver.Resolver()
    host, _, port = server.partition(":")
    asked = dns.resolver.Resolver(configure=False)
    asked.nameservers, asked.port = [host], int(port or 53)
    return asked


def check(domain: str, resolver: dns.resolver.Resolver, selectors: Sequence[str], include: str) -> Iterator[Found]:
    """Look at everything; raises Unreachable if the resolver does not answer."""
    records = Records(resolver)
    yield from _spf(domain, records, include)
    yield from _dkim(domain, records, selectors)
    yield from _dmarc(domain, records)
    yield _mx(domain, records)


class Records:
    """Asks the resolver; what is not there is an empty answer."""

    def __init__(self, resolver: dns.resolver.Resolver) -> None:
        self._resolver = resolver

    def texts(self, name: str, begins: str) -> list[str]:
        """The TXT records of a name that begin so."""
        found = ["".join(part.decode("utf-8", "replace") for part in r.strings) for r in self._ask(name, "TXT")]
        return [text for text in found if text.lower().startswith(begins)]

    def exchangers(self, name: str) -> list[str]:
        """The mail servers of a name."""
        return [str(r.exchange) for r in self._ask(name, "MX")]

    def _ask(self, name: str, kind: str) -> Sequence[dns.resolver.Answer]:
        try:
            return list(self._resolver.resolve(name, kind, lifetime=5.0))
        except (dns.resolver.NXDOMAIN, dns.resolver.NoAnswer):
            return []
        except (dns.exception.DNSException, OSError) as error:
            raise Unreachable(f"the resolver does not answer for {name} ({type(error).__name__})") from error


def _spf(domain: str, records: Records, include: str) -> Iterator[Found]:
    found = records.texts(domain, "v=spf1")
    if len(found) != 1:
        says = "there is no record" if not found else f"there are {len(found)} records, and one is allowed"
        yield Found("SPF", Grade.FAULT, f"{says}: publish one TXT record, v=spf1 include:{include} -all")
        return
    (record,) = found
    if include and f"include:{include}" not in record.lower():
        yield Found("SPF", Grade.FAULT, f"{record} does not name who sends for us: add include:{include}")
    lookups = _lookups(domain, records, set())
    if lookups > MOST_LOOKUPS:
        yield Found("SPF", Grade.FAULT, f"takes {lookups} lookups, and receivers give up after {MOST_LOOKUPS}")
    ending = record.lower().split()[-1]
    grade = {"-all": Grade.GOOD, "~all": Grade.GOOD}.get(ending, Grade.WARNING)
    if ending == "+all":
        grade = Grade.FAULT
    says = "lets nobody else send" if grade is Grade.GOOD else f"ends with {ending}: end it with -all or ~all"
    yield Found("SPF", grade, f"{record}: {says}")


def _lookups(domain: str, records: Records, seen: set[str]) -> int:
    if domain in seen or len(seen) > 2 * MOST_LOOKUPS:
        return 0
    seen.add(domain)
    count = 0
    for record in records.texts(domain, "v=spf1")[:1]:
        for term in record.lower().split()[1:]:
            kind = term.lstrip("+-~?").partition(":")[0].partition("=")[0].partition("/")[0]
            if kind in ("include", "redirect"):
                count += 1 + _lookups(term.replace("=", ":").partition(":")[2], records, seen)
            elif kind in ("a", "mx", "ptr", "exists"):
                count += 1
    return count


def _dkim(domain: str, records: Records, selectors: Sequence[str]) -> Iterator[Found]:
    for selector in selectors:
        about = f"DKIM {selector}"
        found = records.texts(f"{selector}._domainkey.{domain}", "")
        keys = [text for text in found if "p=" in text.replace(" ", "")]
        if not keys:
            yield Found(
                about,
                Grade.FAULT,
                f"there is no key at {selector}._domainkey.{domain}: publish what the provider shows",
            )
            continue
        yield _key(about, keys[0])


def _key(about: str, record: str) -> Found:
    tags = dict(part.strip().partition("=")[::2] for part in record.replace(" ", "").split(";") if "=" in part)
    if not tags.get("p"):
        return Found(about, Grade.FAULT, "the key was taken back: it is empty")
    if tags.get("k", "rsa").lower() == "ed25519":
        return Found(about, Grade.GOOD, "an Ed25519 key")
    try:
        key = load_der_public_key(b64decode(tags["p"], validate=True))
    except (ValueError, UnsupportedAlgorithm):
        return Found(about, Grade.FAULT, "the key cannot be read: publish it whole, in one record")
    bits = key.key_size if isinstance(key, RSAPublicKey) else 0
    if bits < LEAST_BITS:
        return Found(about, Grade.FAULT, f"the key has {bits} bits: receivers take {LEAST_BITS} at least")
    if bits < GOOD_BITS:
        return Found(about, Grade.WARNING, f"the key has {bits} bits: {GOOD_BITS} are better")
    return Found(about, Grade.GOOD, f"a key of {bits} bits" + (", for tests only" if tags.get("t") == "y" else ""))


def _dmarc(domain: str, records: Records) -> Iterator[Found]:
    parts = domain.split(".")
    names = [".".join(parts[n:]) for n in range(max(len(parts) - 1, 1))]
    found = next((texts for name in names if (texts := records.texts(f"_dmarc.{name}", "v=dmarc1"))), [])
    if len(found) != 1:
        says = "there is no record" if not found else f"there are {len(found)} records, and one is allowed"
        yield Found("DMARC", Grade.FAULT, f"{says}: publish v=DMARC1; p=quarantine; rua=mailto:… at _dmarc.{domain}")
        return
    tags = dict(part.strip().lower().partition("=")[::2] for part in found[0].split(";") if "=" in part)
    policy = tags.get("p", "")
    if policy not in ("none", "quarantine", "reject"):
        yield Found("DMARC", Grade.FAULT, f"{found[0]} has no policy: add p=quarantine or p=reject")
    elif policy == "none":
        yield Found("DMARC", Grade.WARNING, "p=none lets anybody write in our name: go on to quarantine, then reject")
    else:
        yield Found("DMARC", Grade.GOOD, f"p={policy}: who writes in our name is not believed")
    if "rua" not in tags:
        yield Found("DMARC", Grade.WARNING, "there is no rua: nobody will tell us who writes in our name")


def _mx(domain: str, records: Records) -> Found:
    found = [host for host in records.exchangers(domain) if host != "."]
    if not found:
        return Found("MX", Grade.FAULT, f"{domain} takes no mail: bounces, complaints and answers are lost")
    return Found("MX", Grade.GOOD, f"mail for {domain} goes to {', '.join(sorted(found))}")
