"""A notification's encryption, proof, address and answers, each by itself.

A green run does not prove that the browsers of this world can read what we send: that takes one of them.
"""

from base64 import urlsafe_b64decode
from datetime import UTC, datetime, timedelta

import pytest
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, derive_private_key, generate_private_key
from hypothesis import given
from hypothesis import strategies as st

from chassis.channel.core.outcome import Verdict
from chassis.channel.core.reading import Report, Stopped
from chassis.templates.check import faults
from chassis.templates.loader import load_templates, read_templates
from contracts.events import AttemptStatus, CallbackKind, CallbackReceived, Meta, ReasonClass
from contracts.ids import ConsumerId, ContactId, EventId
from counterpoint.providers.push.browsers import Browsers, Unreadable
from counterpoint.providers.push.vapid import Unproved, public_key, sender_of, vapid_key
from services.push.core.medium import LINK
from services.push.core.outcome import read_answer
from services.push.core.reading import read
from services.push.core.subscription import Subscription, is_served, subscription, subscription_of
from services.push.encryption import MOST, Proof, TooLong, encrypted
from services.push.settings import SERVICES
from tests.services import ROOT

NOW = datetime(2026, 10, 19, 16, tzinfo=UTC)
KEY = vapid_key("a secret")
BROWSER = Browsers(0).new("https://push.example.test", "")


def raw(text: str) -> bytes:
    return urlsafe_b64decode(text + "=" * (-len(text) % 4))


def to_browser() -> Subscription:
    made = subscription_of(BROWSER.address)
    assert made is not None
    return made


def test_the_example_of_rfc_8291_comes_out_byte_by_byte() -> None:
    made = subscription(
        "https://push.example.net/push/JzLQ3raZJfFBR0aqvOMsLrt54w4rJUsV",
        "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4",
        "BTBZMqHH6r4Tts7J_aSIgg",
    )
    assert made is not None
    sender = derive_private_key(int.from_bytes(raw("yfWPiYE-n46HLnH0KqZOF1fJJU3MYrct3AELtAQ-oRw")), SECP256R1())
    words = b"When I grow up, I want to be a watermelon"
    body = encrypted(words, made, sender, raw("DGv6ra1nlYgDCS1FRnbzlw"), step=1)
    assert body == raw(
        "DGv6ra1nlYgDCS1FRnbzlwAAEABBBP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27ml"
        "mlMoZIIgDll6e3vCYLocInmYWAmS6TlzAC8wEqKK6PBru3jl7A_yl95bQpu6cVPT"
        "pK4Mqgkf1CXztLVBSt2Ks3oZwbuwXPXLWyouBWLVWGNWQexSgSxsj_Qulcy4a-fN"
    )


@given(st.binary(max_size=MOST), st.binary(min_size=16, max_size=16))
def test_a_browser_reads_what_was_written_for_it_and_nobody_else_does(words: bytes, salt: bytes) -> None:
    body = encrypted(words, to_browser(), generate_private_key(SECP256R1()), salt)
    assert len(body) <= 4096
    assert BROWSER.decrypted(body) == words
    with pytest.raises(Unreadable):
        Browsers(1).new("https://push.example.test", "").read(body)


def test_what_does_not_fit_is_refused_before_it_is_sent() -> None:
    with pytest.raises(TooLong):
        encrypted(bytes(MOST + 1), to_browser(), generate_private_key(SECP256R1()), bytes(16))


def test_the_length_of_a_message_tells_little() -> None:
    sender = generate_private_key(SECP256R1())
    lengths = {len(encrypted(bytes(n), to_browser(), sender, bytes(16))) for n in range(1, 257)}
    assert len(lengths) == 1


def test_a_proof_is_for_one_push_service_and_is_renewed_in_time() -> None:
    proof, origin = Proof(KEY, "mailto:accounts@collector.example.test"), "https://push.example.test"
    first = proof.header(origin, NOW)
    assert sender_of(first, origin, NOW) == public_key(KEY) == proof.public_key
    assert proof.header(origin, NOW + timedelta(hours=5)) == first
    later = NOW + timedelta(hours=7)
    assert sender_of(proof.header(origin, later), origin, later + timedelta(hours=11)) == proof.public_key
    for elsewhere, at in (("https://other.example.test", NOW), (origin, NOW + timedelta(hours=13))):
        with pytest.raises(Unproved):
            sender_of(first, elsewhere, at)
    with pytest.raises(Unproved):
        sender_of(first[:-8] + "A" * 8, origin, NOW)


@pytest.mark.parametrize(
    ("status", "verdict", "reason"),
    [
        (201, Verdict.ACCEPTED, ReasonClass.NONE),
        (404, Verdict.REJECTED, ReasonClass.PERMANENT_ADDRESS),
        (410, Verdict.REJECTED, ReasonClass.PERMANENT_ADDRESS),
        (413, Verdict.REJECTED, ReasonClass.CONFIGURATION),
        (400, Verdict.REJECTED, ReasonClass.CONFIGURATION),
        (307, Verdict.REJECTED, ReasonClass.CONFIGURATION),
        (429, Verdict.UNSENT, ReasonClass.TECHNICAL),
        (401, Verdict.LOCKED_OUT, ReasonClass.CONFIGURATION),
        (403, Verdict.LOCKED_OUT, ReasonClass.CONFIGURATION),
        (408, Verdict.IN_DOUBT, ReasonClass.TECHNICAL),
        (500, Verdict.IN_DOUBT, ReasonClass.TECHNICAL),
        (503, Verdict.IN_DOUBT, ReasonClass.TECHNICAL),
    ],
)
def test_an_answer_means_what_the_protocol_says(status: int, verdict: Verdict, reason: ReasonClass) -> None:
    reading = read_answer(status)
    assert (reading.verdict, reading.reason_class) == (verdict, reason)


@pytest.mark.parametrize(
    "address",
    [
        "",
        "https://push.example.test/m/1",
        BROWSER.address.replace("https", "ftp"),
        BROWSER.address.replace("/push/m/", " /push/m/"),
        BROWSER.address.replace("push.example.test", "name:word@push.example.test"),
        BROWSER.address + "A",
        f"{BROWSER.endpoint} {'A' * 87} {'A' * 22}",
        f"https://push.example.test/{'a' * 1100} {' '.join(BROWSER.address.split()[1:])}",
    ],
)
def test_what_is_no_subscription_is_none(address: str) -> None:
    assert subscription_of(address) is None


@given(st.text(max_size=120))
def test_any_text_can_be_asked_whether_it_is_a_subscription(text: str) -> None:
    assert subscription_of(text) is None


@pytest.mark.parametrize(
    ("origin", "served"),
    [
        ("https://fcm.googleapis.com", True),
        ("https://api.push.apple.com", True),
        ("https://wns2-by3p.notify.windows.com", True),
        ("http://fcm.googleapis.com", False),
        ("https://fcm.googleapis.com:8443", False),
        ("https://fcm.googleapis.com.example.test", False),
        ("https://evilpush.apple.com", False),
        ("http://127.0.0.1:9092", False),
        ("http://169.254.169.254", False),
    ],
)
def test_nobody_but_the_push_services_that_we_know_is_called(origin: str, served: bool) -> None:
    assert is_served(origin, SERVICES.split()) is served


def callback(body: bytes, provider: str = LINK) -> CallbackReceived:
    contact = ContactId("0199f000-0000-7000-9000-000000000001")
    meta = Meta(EventId(contact), NOW, ConsumerId("con-1"), contact, None, "push", "0")
    return CallbackReceived(meta, provider, CallbackKind.STATUS, contact, None, body, NOW)


def test_what_browsers_tell_is_read() -> None:
    [shown] = read(callback(b'{"event":"shown"}'))
    [tapped] = read(callback(b'{"event":"click"}'))
    [stopped] = read(callback(b'{"event":"unsubscribe"}'))
    assert isinstance(shown, Report)
    assert isinstance(tapped, Report)
    assert (shown.status, tapped.status) == (AttemptStatus.DELIVERED, AttemptStatus.CLICKED)
    assert tapped.rank > shown.rank
    assert isinstance(stopped, Stopped)


@given(st.binary(max_size=60))
def test_f19_what_nobody_foresaw_changes_nothing(body: bytes) -> None:
    assert read(callback(body)) == ()
    assert read(callback(b'{"event":"click"}', "link")) == ()


@pytest.mark.parametrize(
    ("words", "values"),
    [
        ("You owe us something. Tap Stop to opt out.", "[voicemail_name]"),
        ("A message about your account. Tap Stop to opt out.", "[voicemail_name]"),
        ("A message for {{ first_name }}. Tap Stop to opt out.", "[voicemail_name, first_name]"),
        ("A message.", "[voicemail_name]"),
    ],
)
def test_a_template_that_tells_whoever_is_near_cannot_be_used(tmp_path, words: str, values: str) -> None:  # type: ignore[no-untyped-def]
    from shutil import copytree

    where = tmp_path / "templates"
    copytree(ROOT / "templates", where)
    assert faults(load_templates(where)) == []
    file = where / "push" / "new-message.en.txt"
    front = file.read_text().rpartition("---\n")[0].replace("[voicemail_name]", values)
    file.write_text(f"{front}---\n{words}\n")
    found = [f for f in faults(read_templates(where)) if "new-message.en.txt" in f]
    assert found
