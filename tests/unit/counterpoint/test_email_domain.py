"""Domains that e-mails are from, looked at through a name server on this machine.

A green run does not prove that a mailbox provider believes what this check finds good.
"""

import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import dns.flags
import dns.message
import dns.rcode
import dns.rdatatype
import dns.rrset
import pytest
from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from typer.testing import CliRunner

from chassis.failures import Unreachable
from counterpoint.cli import application
from counterpoint.email_domain import Found, Grade, check, resolver_at

Zone = dict[tuple[str, str], list[str]]
DOMAIN = "collector.test"


def a_key(bits: int) -> str:
    """A DKIM record with a key of so many bits."""
    der = generate_private_key(65537, bits).public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    import base64

    text = f"v=DKIM1; k=rsa; p={base64.b64encode(der).decode()}"
    return " ".join(f'"{text[n : n + 200]}"' for n in range(0, len(text), 200))


STRONG = a_key(2048)
GOOD: Zone = {
    (DOMAIN, "TXT"): ['"v=spf1 include:sendgrid.net -all"', '"another=1"'],
    ("sendgrid.net", "TXT"): ['"v=spf1 ip4:192.0.2.0/24 -all"'],
    (f"s1._domainkey.{DOMAIN}", "TXT"): [STRONG],
    (f"_dmarc.{DOMAIN}", "TXT"): ['"v=DMARC1; p=reject; rua=mailto:dmarc@collector.test"'],
    (DOMAIN, "MX"): ["10 mx.collector.test."],
}


@contextmanager
def name_server(zone: Zone) -> Iterator[str]:
    """A name server that knows a zone and nothing else; its address."""

    class Handler(socketserver.BaseRequestHandler):
        def handle(self) -> None:
            asked = dns.message.from_wire(self.request[0])
            answer = dns.message.make_response(asked)
            answer.flags |= dns.flags.RA
            (question,) = asked.question
            name, kind = question.name.to_text(omit_final_dot=True), dns.rdatatype.to_text(question.rdtype)
            if (name, kind) in zone:
                answer.answer.append(dns.rrset.from_text(question.name, 60, "IN", kind, *zone[name, kind]))
            elif not any(known == name for known, _ in zone):
                answer.set_rcode(dns.rcode.NXDOMAIN)
            self.request[1].sendto(answer.to_wire(), self.client_address)

    with socketserver.UDPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield f"127.0.0.1:{server.server_address[1]}"
        finally:
            server.shutdown()
            thread.join()


def found(zone: Zone) -> list[Found]:
    """What is found of the domain."""
    with name_server(zone) as where:
        return list(check(DOMAIN, resolver_at(where), ["s1"], "sendgrid.net"))


def test_a_domain_in_order_is_good_throughout() -> None:
    assert {f.grade for f in found(GOOD)} == {Grade.GOOD}
    assert {f.about for f in found(GOOD)} == {"SPF", "DKIM s1", "DMARC", "MX"}


@pytest.mark.parametrize(
    ("name", "kind", "records", "about", "grade", "says"),
    [
        (DOMAIN, "TXT", [], "SPF", Grade.FAULT, "no record"),
        (DOMAIN, "TXT", ['"v=spf1 -all"', '"v=spf1 ~all"'], "SPF", Grade.FAULT, "2 records"),
        (DOMAIN, "TXT", ['"v=spf1 a -all"'], "SPF", Grade.FAULT, "include:sendgrid.net"),
        (DOMAIN, "TXT", ['"v=spf1 include:sendgrid.net +all"'], "SPF", Grade.FAULT, "ends with +all"),
        (DOMAIN, "TXT", ['"v=spf1 include:sendgrid.net ?all"'], "SPF", Grade.WARNING, "ends with ?all"),
        (DOMAIN, "TXT", ['"v=spf1 include:sendgrid.net a a a a a a a a a mx -all"'], "SPF", Grade.FAULT, "11 lookups"),
        (f"s1._domainkey.{DOMAIN}", "TXT", [], "DKIM s1", Grade.FAULT, "no key"),
        (f"s1._domainkey.{DOMAIN}", "TXT", ['"v=DKIM1; p="'], "DKIM s1", Grade.FAULT, "taken back"),
        (f"s1._domainkey.{DOMAIN}", "TXT", ['"v=DKIM1; p=nonsense"'], "DKIM s1", Grade.FAULT, "cannot be read"),
        (f"s1._domainkey.{DOMAIN}", "TXT", [a_key(1024)], "DKIM s1", Grade.WARNING, "1024 bits"),
        (f"_dmarc.{DOMAIN}", "TXT", [], "DMARC", Grade.FAULT, "no record"),
        (f"_dmarc.{DOMAIN}", "TXT", ['"v=DMARC1; p=none; rua=mailto:a@b.test"'], "DMARC", Grade.WARNING, "p=none"),
        (f"_dmarc.{DOMAIN}", "TXT", ['"v=DMARC1; p=reject"'], "DMARC", Grade.WARNING, "no rua"),
        (f"_dmarc.{DOMAIN}", "TXT", ['"v=DMARC1"'], "DMARC", Grade.FAULT, "no policy"),
        (DOMAIN, "MX", [], "MX", Grade.FAULT, "takes no mail"),
        (DOMAIN, "MX", ["0 ."], "MX", Grade.FAULT, "takes no mail"),
    ],
)
def test_what_is_wrong_is_named(name: str, kind: str, records: list[str], about: str, grade: Grade, says: str) -> None:
    zone = {key: value for key, value in GOOD.items() if key != (name, kind)}
    zone |= {(name, kind): records} if records else {}
    assert [f for f in found(zone) if f.about == about and f.grade is grade and says in f.says]


def test_the_command_exits_1_for_a_fault_and_0_for_none() -> None:
    run = CliRunner()
    with name_server(GOOD) as where:
        arguments = ["email", "check-domain", DOMAIN, "--resolver", where]
        done = run.invoke(application("email"), [*arguments, "--selector", "s1"])
        assert done.exit_code == 0, done.output
        assert "p=reject" in done.output
        done = run.invoke(application("email"), arguments)
        assert done.exit_code == 1
        assert "s2._domainkey.collector.test" in done.output


def test_a_resolver_that_does_not_answer_is_said_so() -> None:
    with pytest.raises(Unreachable, match="does not answer"):
        list(check(DOMAIN, resolver_at("127.0.0.1:1"), ["s1"], ""))
