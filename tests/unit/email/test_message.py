"""An e-mail as it goes out, and what keeps one from going out; SendGrid's own SDK as the oracle.

A green run does not prove that a mail program shows it well.
"""

from email import message_from_bytes
from email.policy import default
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chassis.channel.core.outcome import Verdict
from contracts.events import ReasonClass
from counterpoint.providers.mail.events import private_key, public_key, signed
from services.email.core.message import NotSendable, checked, links_in, mime
from services.email.core.outcome import read_answer, read_reply
from services.email.core.parsed import from_fields
from services.email.signature import is_authentic, public_keys
from tests.unit.email.factories import SENDER, prepared

HOSTS = ("links.test", "pay.test")


def test_a_message_says_the_same_twice_and_names_its_way_out() -> None:
    raw = mime(prepared(), SENDER)
    assert raw == mime(prepared(), SENDER)
    message: Any = message_from_bytes(raw, policy=default)
    assert [p.get_content_type() for p in message.iter_parts()] == ["text/plain", "text/html"]
    assert message["List-Unsubscribe"] == "<https://links.test/l/xyz>"
    assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert message["From"].addresses[0].addr_spec == SENDER.address
    assert all(len(line) <= 998 for line in raw.split(b"\r\n"))


@given(
    field=st.sampled_from(["subject", "to", "unsubscribe_url"]),
    smuggled=st.sampled_from(["\r\nBcc: x@y.test", "\nX: y", "\r", "\x00", "\u2028Bcc: x@y.test"]),
)
def test_f25_a_line_break_in_a_header_is_refused(field: str, smuggled: str) -> None:
    whole = getattr(prepared(), field) + smuggled
    with pytest.raises(NotSendable):
        checked(prepared(**{field: whole}), SENDER, HOSTS)


@given(subject=st.text(min_size=1, max_size=200))
def test_f25_no_subject_makes_a_header_of_its_own(subject: str) -> None:
    try:
        message: Any = message_from_bytes(
            mime(checked(prepared(subject=subject), SENDER, HOSTS), SENDER), policy=default
        )
    except NotSendable:
        return
    assert set(message.keys()) == set(message_from_bytes(mime(prepared(), SENDER), policy=default).keys())


@pytest.mark.parametrize(
    "link",
    [
        "https://paypal.test/l/a",
        "https://links.test.evil.test/",
        "https://links.test@evil.test/",
        "https://lіnks.test/l/a",  # a Cyrillic і
        "https://xn--lnks-q5a.test/l/a",
        "javascript:alert(1)",
        "//links.test/l/a",
        "https:/links.test/l/a",
        "data:text/html,x",
        "https://links.test\\@evil.test/",
    ],
)
def test_links_to_elsewhere_or_that_look_like_ours_are_refused(link: str) -> None:
    with pytest.raises(NotSendable, match="link-elsewhere"):
        checked(prepared(html=f'<p><a href="{link}">x</a></p>'), SENDER, HOSTS)


@pytest.mark.parametrize(
    "link", ["https://evil.test/a", "https://lіnks.test/l", "HTTPS://xn--lnks-q5a.test", "http://a@b.test"]
)
def test_what_a_mail_program_would_make_a_link_of_is_one(link: str) -> None:
    with pytest.raises(NotSendable, match="link-elsewhere"):
        checked(prepared(text=f"Go to {link}."), SENDER, HOSTS)
    checked(prepared(text="Go to https://links.test/l/a."), SENDER, HOSTS)


@pytest.mark.parametrize("part", ["text", "html"])
def test_mail_that_mailboxes_would_cut_off_before_its_way_out_is_refused(part: str) -> None:
    with pytest.raises(NotSendable, match="too-large"):
        checked(prepared(**{part: "<p>" + "x" * 100_000}), SENDER, HOSTS)


def test_pictures_are_links_too() -> None:
    assert links_in("<img src=\"https://a.test/p\"><a href='b'>") == ["https://a.test/p", "b"]
    with pytest.raises(NotSendable):
        checked(prepared(html='<img src="https://tracker.test/p">'), SENDER, HOSTS)


@pytest.mark.parametrize("to", ["ana", "ana@", "@mail.test", "ana@localhost", "ana@exämple.test", "a b@mail.test"])
def test_addresses_that_mail_cannot_reach_are_refused(to: str) -> None:
    with pytest.raises(NotSendable, match="address-not-usable"):
        checked(prepared(to=to), SENDER, HOSTS)


@pytest.mark.parametrize(
    ("status", "field", "verdict"),
    [
        (202, "", Verdict.ACCEPTED),
        (200, "", Verdict.ACCEPTED),
        (400, "", Verdict.REJECTED),
        (413, "", Verdict.REJECTED),
        (401, "", Verdict.LOCKED_OUT),
        (403, "", Verdict.LOCKED_OUT),
        (408, "", Verdict.IN_DOUBT),
        (429, "", Verdict.UNSENT),
        (500, "", Verdict.IN_DOUBT),
        (503, "", Verdict.IN_DOUBT),
        (302, "", Verdict.IN_DOUBT),
    ],
)
def test_what_an_answer_of_sendgrid_says(status: int, field: str, verdict: Verdict) -> None:
    assert read_answer(status, field).verdict is verdict


def test_an_address_that_sendgrid_does_not_take_is_the_addresss_fault() -> None:
    assert read_answer(400, "personalizations.0.to.0.email").reason_class is ReasonClass.PERMANENT_ADDRESS
    assert read_answer(400, "from.email").reason_class is ReasonClass.CONFIGURATION


@pytest.mark.parametrize(
    ("stage", "code", "words", "verdict", "reason"),
    [
        ("recipient", 550, "5.1.1 unknown", Verdict.REJECTED, ReasonClass.PERMANENT_ADDRESS),
        ("recipient", 550, "no", Verdict.REJECTED, ReasonClass.PERMANENT_ADDRESS),
        ("recipient", 552, "5.2.2 full", Verdict.REJECTED, ReasonClass.TEMPORARY),
        ("recipient", 552, "full", Verdict.REJECTED, ReasonClass.TEMPORARY),
        ("recipient", 554, "5.7.1 policy", Verdict.REJECTED, ReasonClass.CONTENT_OR_REPUTATION),
        ("recipient", 451, "4.7.1 greylisted", Verdict.UNSENT, ReasonClass.TECHNICAL),
        ("sender", 550, "no", Verdict.REJECTED, ReasonClass.CONFIGURATION),
        ("data", 554, "no", Verdict.REJECTED, ReasonClass.CONTENT_OR_REPUTATION),
        ("data", 421, "later", Verdict.UNSENT, ReasonClass.TECHNICAL),
        ("login", 535, "5.7.8 no", Verdict.LOCKED_OUT, ReasonClass.CONFIGURATION),
    ],
)
def test_what_a_mail_servers_reply_means(
    stage: str, code: int, words: str, verdict: Verdict, reason: ReasonClass
) -> None:
    reading = read_reply(stage, code, words)
    assert (reading.verdict, reading.reason_class) == (verdict, reason)


VECTOR_KEY = (
    "MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE83T4O/n84iotIvIW4mdBgQ/7dAfSmpqIM8kF9mN1flpVKS3GRqe6"
    "2gw+2fNNRaINXvVpiglSI8eNEc6wEA3F+g=="
)
VECTOR_SIGNATURE = "MEUCIGHQVtGj+Y3LkG9fLcxf3qfI10QysgDWmMOVmxG0u6ZUAiEAyBiXDWzM+uOe5W0JuG+luQAbPIqHh89M15TluLtEZtM="
VECTOR_BODY = (
    b'[{"email":"hello@world.com","event":"dropped","reason":"Bounced Address",'
    b'"sg_event_id":"ZHJvcC0xMDk5NDkxOS1MUnpYbF9OSFN0T0doUTRrb2ZTbV9BLTA",'
    b'"sg_message_id":"LRzXl_NHStOGhQ4kofSm_A.filterdrecv-p3mdw1-756b745b58-kmzbl-18-5F5FC76C-9.0",'
    b'"smtp-id":"<LRzXl_NHStOGhQ4kofSm_A@ismtpd0039p1iad1.sendgrid.net>","timestamp":1600112492}]\r\n'
)


def test_the_published_signature_is_believed_and_a_changed_body_is_not() -> None:
    keys = public_keys(VECTOR_KEY)
    assert is_authentic(keys, "1600112502", VECTOR_BODY, VECTOR_SIGNATURE)
    assert not is_authentic(keys, "1600112502", VECTOR_BODY.strip(), VECTOR_SIGNATURE)
    assert not is_authentic(keys, "1600112503", VECTOR_BODY, VECTOR_SIGNATURE)


@pytest.mark.parametrize("given_signature", ["", "no base 64!", "AAAA", "é"])
def test_f8_garbage_is_refused_and_raises_nothing(given_signature: str) -> None:
    assert not is_authentic(public_keys(VECTOR_KEY), "1", b"[]", given_signature)


def test_f9_two_keys_are_believed_while_they_are_changed() -> None:
    old, new = private_key("old"), private_key("new")
    keys = public_keys(f"{public_key('old')},{public_key('new')}")
    for key in (old, new):
        assert is_authentic(keys, "1", b"[]\r\n", signed(key, "1", b"[]\r\n"))
    assert not is_authentic(keys, "1", b"[]\r\n", signed(private_key("third"), "1", b"[]\r\n"))


def test_sendgrids_own_sdk_believes_the_simulators_signature() -> None:
    from sendgrid.helpers.eventwebhook import EventWebhook

    webhook = EventWebhook(public_key("a-secret"))
    body = b'[{"event":"open"}]\r\n'
    signature = signed(private_key("a-secret"), "1700000000", body)
    assert webhook.verify_signature(body.decode(), signature, "1700000000")
    assert not webhook.verify_signature("[]", signature, "1700000000")


@pytest.mark.parametrize("told", ["nonsense", "AAAA"])
def test_a_key_that_is_none_is_refused_at_once(told: str) -> None:
    with pytest.raises(ValueError, match="event webhook"):
        public_keys(told)


def test_a_parsed_mail_becomes_a_message_again() -> None:
    fields = {
        "headers": "Message-ID: <r1@mail.test>\nIn-Reply-To: <c.x@collector.test>\nSubject: Re: hello\n",
        "from": "Ana <ana@mail.test>",
        "to": SENDER.reply_to,
        "subject": "Re: hello\r\nBcc: x@y.test",
        "text": "Sí, mañana",
        "SPF": "pass",
        "dkim": "none",
    }
    mail = from_fields(fields)
    assert mail is not None
    assert mail.authentic
    message: Any = message_from_bytes(mail.raw, policy=default)
    assert message["In-Reply-To"] == "<c.x@collector.test>"
    assert message.get_content().strip() == "Sí, mañana"
    assert "Bcc" not in message
    assert from_fields({}) is None
    assert from_fields({"email": "From: a@b.test\r\n\r\nhi", "SPF": "fail", "dkim": "{@b.test : fail}"}) is not None
