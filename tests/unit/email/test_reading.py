"""What comes back of e-mails is read rightly: SendGrid's events, bounces, complaints, replies, clicks.

A green run does not prove that every mail server of the world writes its notifications as these.
"""

from base64 import b64encode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chassis.channel.core.reading import Report, Said, Stopped
from contracts.events import AttemptStatus, CallbackKind, ReasonClass
from counterpoint.providers.mail.backwards import bounce, complaint
from counterpoint.providers.mail.mails import Mails
from counterpoint.providers.mail.scenarios import SCENARIOS
from services.email.core.incoming import Automatic, Bounce, Complaint, Reply, incoming, spoken
from services.email.core.machines import is_machine
from services.email.core.message import bounce_address, message_id, mime
from services.email.core.parsed import MOST_KEPT, slim
from services.email.core.reading import read
from services.email.core.status import LADDER
from services.email.core.token import claimed, named, token
from tests.unit.email.factories import ATTEMPT, CONSUMER, KEY, NOW, SENDER, TOKEN, a_callback, an_event, prepared

PHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X)"


def one(event: object) -> Report:
    """The one report of a callback."""
    (report,) = read(event)  # type: ignore[arg-type]
    assert isinstance(report, Report)
    return report


@pytest.mark.parametrize("word", ["processed", "deferred", "delivered"])
def test_delivery_events_are_on_the_ladder(word: str) -> None:
    rank, status = LADDER[word]
    assert (one(an_event(word)).rank, one(an_event(word)).status) == (rank, status)
    assert one(an_event(word)).provider_id == "abc"


@pytest.mark.parametrize(
    ("classification", "status", "reason"),
    [
        ("Invalid Address", "5.1.1", ReasonClass.PERMANENT_ADDRESS),
        ("Mailbox Unavailable", "5.2.2", ReasonClass.TEMPORARY),
        ("Technical Failure", "4.4.7", ReasonClass.TEMPORARY),
        ("Content", "5.7.1", ReasonClass.CONTENT_OR_REPUTATION),
        ("Frequency or Volume Too High", "4.7.28", ReasonClass.CONTENT_OR_REPUTATION),
        ("Reputation", "5.7.1", ReasonClass.CONTENT_OR_REPUTATION),
        ("Unclassified", "5.1.1", ReasonClass.PERMANENT_ADDRESS),
        (None, "5.1.10", ReasonClass.PERMANENT_ADDRESS),
        (None, None, ReasonClass.UNKNOWN),
    ],
)
def test_bounces_have_their_class(classification: str | None, status: str | None, reason: ReasonClass) -> None:
    report = one(an_event("bounce", type="bounce", bounce_classification=classification, status=status))
    assert (report.status, report.reason_class, report.terminal) == (AttemptStatus.BOUNCED, reason, True)


def test_a_block_is_nothing_about_the_address() -> None:
    report = one(an_event("bounce", type="blocked", bounce_classification="Reputation", status="5.7.1"))
    assert (report.status, report.reason_class) == (AttemptStatus.UNDELIVERED, ReasonClass.CONTENT_OR_REPUTATION)


@pytest.mark.parametrize(
    ("reason", "found"),
    [
        ("Bounced Address", ReasonClass.PERMANENT_ADDRESS),
        ("Unsubscribed Address", ReasonClass.OPTED_OUT),
        ("Spam Reporting Address", ReasonClass.OPTED_OUT),
        ("Invalid", ReasonClass.PERMANENT_ADDRESS),
        ("Invalid SMTPAPI header", ReasonClass.CONFIGURATION),
        ("Spam Content (if Spam Checker app is enabled)", ReasonClass.CONTENT_OR_REPUTATION),
        ("Recipient List over Package Quota", ReasonClass.CONFIGURATION),
        ("a new reason", ReasonClass.UNKNOWN),
    ],
)
def test_f16_drops_have_their_reason(reason: str, found: ReasonClass) -> None:
    assert one(an_event("dropped", reason=reason)).reason_class is found


@pytest.mark.parametrize("word", ["unsubscribe", "group_unsubscribe"])
def test_f16_an_unsubscribe_is_a_stop_of_that_address(word: str) -> None:
    assert read(an_event(word)) == (Stopped(f"id-{word}", "ana@mail.test", "provider"),)


def test_a_complaint_is_a_report_and_a_stop() -> None:
    report, stopped = read(an_event("spamreport"))
    assert isinstance(report, Report)
    assert report.status is AttemptStatus.COMPLAINED
    assert isinstance(stopped, Stopped)
    assert stopped.source == "complaint"


@pytest.mark.parametrize(
    "more",
    [
        {"sg_machine_open": True, "useragent": PHONE},
        {"useragent": "Mozilla/5.0"},
        {"useragent": ""},
        {"useragent": "Barracuda Sentinel (EE)"},
        {},
    ],
)
def test_f24_opens_by_machines_do_not_count(more: dict[str, object]) -> None:
    assert read(an_event("open", **more)) == ()


def test_opens_by_people_count_also_through_proxies_that_fetch_when_they_look() -> None:
    assert one(an_event("open", useragent=PHONE, sg_machine_open=False)).status is AttemptStatus.OPENED
    proxy = "Mozilla/5.0 (Windows NT 5.1) Gecko/2009 Firefox/11.0 (via ggpht.com GoogleImageProxy)"
    assert one(an_event("open", useragent=proxy)).status is AttemptStatus.OPENED
    assert is_machine(proxy, opened=False)


@pytest.mark.parametrize(
    "body",
    [
        *(b"", b"null", b"[]", b"{", b'{"event": 7}', b'{"event": "a_new_one"}', b'{"event": null, "category": ["a"]}'),
        *(b"\xff\x00", b'{"event": "bounce", "status": 5, "type": ["x"]}', b"[" * 5000),
    ],
)
def test_f18_f19_what_nobody_foresaw_changes_nothing_and_raises_nothing(body: bytes) -> None:
    for provider in ("sendgrid", "mail", "link", "twilio", ""):
        assert all(isinstance(heard, Report) for heard in read(a_callback(provider, body)))


@given(body=st.binary(max_size=400), kind=st.sampled_from(CallbackKind))
def test_f19_reading_is_total(body: bytes, kind: CallbackKind) -> None:
    for provider in ("sendgrid", "mail", "link"):
        read(a_callback(provider, body, kind))


def sent() -> Mails:
    """A mail server that was given one e-mail of ours."""
    mails = Mails(0)
    mails.from_mime(mime(prepared(), SENDER), bounce_address(TOKEN, SENDER.domain), "ana@mail.test", NOW)
    return mails


def test_a_notification_of_failure_names_its_attempt_and_its_class() -> None:
    (mail,) = sent().everything
    raw = bounce(mail, SCENARIOS["latebounce"].steps[-1], NOW).as_bytes()
    came = incoming(raw)
    assert isinstance(came, Bounce)
    assert (came.action, came.status, came.recipient) == ("failed", "5.1.1", "ana@mail.test")
    whose = named(came.original, [KEY])
    assert whose is not None
    assert (whose.attempt_id, whose.consumer_id) == (ATTEMPT, CONSUMER)
    report = one(a_callback("mail", raw))
    assert (report.status, report.reason_class) == (AttemptStatus.BOUNCED, ReasonClass.PERMANENT_ADDRESS)


def test_a_notification_of_delay_is_no_failure() -> None:
    (mail,) = sent().everything
    report = one(a_callback("mail", bounce(mail, SCENARIOS["deferred"].steps[0], NOW).as_bytes()))
    assert (report.status, report.terminal) == (AttemptStatus.QUEUED, False)


def test_a_report_of_abuse_is_a_complaint() -> None:
    (mail,) = sent().everything
    came = incoming(complaint(mail, NOW).as_bytes())
    assert isinstance(came, Complaint)
    assert (came.kind, came.recipient) == ("abuse", "ana@mail.test")
    assert claimed(came.original) == named(came.original, [KEY])


def a_reply(body: str, **headers: str) -> bytes:
    """What a person writes."""
    lines = {"From": "Ana <ana@mail.test>", "To": SENDER.reply_to, "Message-ID": "<r1@mail.test>", **headers}
    return ("".join(f"{n}: {v}\r\n" for n, v in lines.items()) + "\r\n" + body).encode()


def test_a_reply_is_heard_without_our_own_words_under_it() -> None:
    body = (
        "How much is it now?\r\n\r\nOn Mon, 19 Oct 2026, Harborview wrote:\r\n> Unsubscribe, to opt out of e-mail\r\n"
    )
    raw = a_reply(body, **{"In-Reply-To": message_id(TOKEN, SENDER.domain), "Subject": "Re: A message"})
    report, said = read(a_callback("mail", raw, CallbackKind.INBOUND))
    assert isinstance(report, Report)
    assert (report.status, report.attempt_id) == (AttemptStatus.REPLIED, ATTEMPT)
    assert said == Said("<r1@mail.test>", "ana@mail.test", "How much is it now?")


def test_an_empty_reply_speaks_by_its_subject() -> None:
    came = incoming(a_reply("\r\n", Subject="Re: STOP"))
    assert isinstance(came, Reply)
    assert came.words == "STOP"


ATTACHED = [
    ("text/plain", b"STOP, stop, unsubscribe", "stop.txt"),
    ("text/html", b"<p>unsubscribe</p>", "page.html"),
    ("application/x-msdownload", b"MZ\x90\x00", "invoice.pdf.exe"),
    ("application/octet-stream", b"\xff\x00\xfe", "../../etc/passwd"),
    ("image/png", b"\x89PNG", "a.png"),
    ("message/rfc822", b"Subject: unsubscribe\r\n\r\nSTOP", "mail.eml"),
    ("application/zip", b"PK" + bytes(400_000), "bomb.zip"),
    ("no/such; kind", b"STOP", 'x"\r\ny'),
]
"""Kinds, contents and names of attachments."""


@pytest.mark.parametrize(("kind", "content", "name"), ATTACHED, ids=[kind for kind, _, _ in ATTACHED])
@pytest.mark.parametrize("words", ["I will pay on Friday.", ""])
def test_attachments_say_nothing_whatever_they_are_and_do_not_go_into_the_log(
    kind: str, content: bytes, name: str, words: str
) -> None:
    encoded = b64encode(content).decode()
    told = f'Content-Disposition: attachment; filename="{name}"'
    part = f"Content-Type: {kind}\r\nContent-Transfer-Encoding: base64\r\n{told}"
    body = f"--b\r\nContent-Type: text/plain\r\n\r\n{words}\r\n--b\r\n{part}\r\n\r\n{encoded}\r\n--b--\r\n"
    raw = a_reply(body, **{"Content-Type": 'multipart/mixed; boundary="b"', "Subject": "Re: A message"})
    came = incoming(raw)
    assert isinstance(came, Reply)
    assert came.words == (words or "A message")
    assert len(slim(raw)) <= MOST_KEPT


@pytest.mark.parametrize(
    "headers",
    [{"Auto-Submitted": "auto-replied"}, {"Precedence": "bulk"}, {"X-Autoreply": "yes"}, {"List-Id": "<list.test>"}],
)
def test_what_a_machine_answers_nobody_has_said(headers: dict[str, str]) -> None:
    raw = a_reply("I am out of office until Monday. Please stop by.", **headers)
    assert isinstance(incoming(raw), Automatic)
    assert read(a_callback("mail", raw, CallbackKind.INBOUND)) == ()


@pytest.mark.parametrize(
    "quoted",
    [
        "\n> unsubscribe",
        "\nEl lun, 19 oct 2026, Harborview escribió:\n> darse de baja",
        "\n-----Original Message-----\nunsubscribe",
        "\n________________________________\nFrom: Harborview",
        "\n-- \nAna, stop coffee today",
        "\nSent from my phone, stop",
    ],
)
def test_only_what_was_written_anew_is_spoken(quoted: str) -> None:
    assert spoken(f"I will pay on Friday.{quoted}") == "I will pay on Friday."


def test_a_click_and_an_unsubscribe_by_our_own_links() -> None:
    assert one(a_callback("link", {"event": "click"})).status is AttemptStatus.CLICKED
    (stopped,) = read(a_callback("link", {"event": "unsubscribe"}, CallbackKind.INBOUND))
    assert isinstance(stopped, Stopped)
    assert (stopped.address, stopped.source) == ("", "link")


def test_tokens_are_believed_only_with_their_key_and_fit_into_a_mailbox_name() -> None:
    assert len(f"b+{TOKEN}") <= 64
    assert named(f"<c.{TOKEN.upper()}@x>", [b"other", KEY]) is not None
    assert named(f"<c.{TOKEN}@x>", [b"other"]) is None
    assert claimed("no token here") is None
    assert TOKEN[26:44] == token("0299f000-0000-7000-8000-00000000abcd", CONSUMER, KEY)[26:44]
    for ids in (("a-1", CONSUMER), (ATTEMPT, "con-1")):
        with pytest.raises(ValueError, match="as we give them"):
            token(*ids, KEY)
