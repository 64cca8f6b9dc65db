"""E-mails go out once by either provider, and what becomes of them is known: real HTTP, SMTP and a real database.

A green run does not prove that SendGrid and mail servers behave as the simulator does.
"""

import pytest

from contracts.events import (
    AttemptAccepted,
    AttemptInDoubt,
    AttemptRejected,
    AttemptStatus,
    AttemptStatusChanged,
    Channel,
    OptedOut,
    ReasonClass,
)
from tests.channels import until
from tests.integration.email.harness import ADDRESS, CONSUMER, Emails, a_world

PROVIDERS = ("sendgrid", "smtp")


def statuses(world: Emails) -> list[AttemptStatus]:
    """How e-mails came along, in the log's order."""
    return [e.status for e in world.events(AttemptStatusChanged)]


@pytest.mark.parametrize("provider", PROVIDERS)
async def test_an_approved_email_is_sent_once_and_says_the_same_in_html_and_text(database: str, provider: str) -> None:
    async with a_world(database, providers=provider) as world, world.running():
        approval = world.approve()
        world.runtime.publish(approval)
        await until(lambda: world.events(AttemptAccepted) and world.received("email"))
        [accepted] = world.events(AttemptAccepted)
        [mail] = world.mails
        assert (accepted.channel, accepted.provider, accepted.contact_id) == (
            Channel.EMAIL,
            provider,
            approval.contact_id,
        )
        assert mail.to == ADDRESS
        for words in ("Harborview Bank", "$1,234.56", "debt collector"):
            assert words in mail.text
            assert words in mail.html
        assert mail.headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
        assert mail.headers["Message-ID"].endswith("@collector.example.test>")


async def test_the_ladder_of_an_email_that_is_opened_and_clicked(database: str) -> None:
    async with a_world(database) as world, world.running():
        world.approve(to="ana.clicks@mail.example.test")
        await until(lambda: AttemptStatus.CLICKED in statuses(world))
    assert statuses(world) == [
        AttemptStatus.QUEUED,
        AttemptStatus.DELIVERED,
        AttemptStatus.OPENED,
        AttemptStatus.CLICKED,
    ]


@pytest.mark.parametrize(
    ("word", "status", "reason"),
    [
        ("bounce", AttemptStatus.BOUNCED, ReasonClass.PERMANENT_ADDRESS),
        ("full", AttemptStatus.BOUNCED, ReasonClass.TEMPORARY),
        ("blocked", AttemptStatus.UNDELIVERED, ReasonClass.CONTENT_OR_REPUTATION),
        ("latebounce", AttemptStatus.BOUNCED, ReasonClass.PERMANENT_ADDRESS),
    ],
)
async def test_bounces_have_their_class(database: str, word: str, status: AttemptStatus, reason: ReasonClass) -> None:
    async with a_world(database) as world, world.running():
        world.approve(to=f"ana.{word}@mail.example.test")
        await until(lambda: status in statuses(world))
        last = world.events(AttemptStatusChanged)[-1]
        assert (last.status, last.reason_class, last.terminal) == (status, reason, True)


@pytest.mark.parametrize("word", ["bounce", "full", "blocked"])
async def test_what_a_mail_server_refuses_is_rejected_for_its_reason(database: str, word: str) -> None:
    expected = {
        "bounce": ReasonClass.PERMANENT_ADDRESS,
        "full": ReasonClass.TEMPORARY,
        "blocked": ReasonClass.CONTENT_OR_REPUTATION,
    }
    async with a_world(database, providers="smtp") as world, world.running():
        world.approve(to=f"ana.{word}@mail.example.test")
        await until(lambda: world.events(AttemptRejected))
        [rejected] = world.events(AttemptRejected)
        assert rejected.reason_class is expected[word]
        assert not world.mails


async def test_a_bounce_that_comes_as_mail_finds_its_attempt(database: str) -> None:
    async with a_world(database, providers="smtp") as world, world.running():
        world.approve(to="ana.latebounce@mail.example.test")
        await until(lambda: AttemptStatus.BOUNCED in statuses(world))
        [bounced] = world.events(AttemptStatusChanged)
        assert (bounced.reason_class, bounced.provider_code) == (ReasonClass.PERMANENT_ADDRESS, "5.1.1")


@pytest.mark.parametrize("provider", PROVIDERS)
async def test_a_complaint_is_an_opt_out(database: str, provider: str) -> None:
    async with a_world(database, providers=provider) as world, world.running():
        world.approve(to="ana.complains@mail.example.test")
        await until(lambda: world.events(OptedOut))
        [opted_out] = world.events(OptedOut)
        assert (opted_out.source, opted_out.channel) == ("complaint", Channel.EMAIL)
        assert statuses(world)[-1] is AttemptStatus.COMPLAINED
        world.approve(to="ana.complains@mail.example.test")
        await until(lambda: world.events(AttemptRejected))
        assert len(world.mails) == 1


async def test_f16_what_sendgrid_drops_as_unsubscribed_is_an_opt_out(database: str) -> None:
    async with a_world(database) as world, world.running():
        world.approve(to="ana.dropped@mail.example.test")
        await until(lambda: world.events(OptedOut))
        [opted_out] = world.events(OptedOut)
        assert opted_out.source == "provider"
        assert opted_out.meta.consumer_id == CONSUMER


@pytest.mark.parametrize("kind", ["timeout-created", "reset-created", "500-created"])
async def test_f1_f12_an_unknown_outcome_is_settled_by_the_event_and_never_sent_again(database: str, kind: str) -> None:
    async with a_world(database) as world, world.running():
        await world.faults({"kind": kind, "operation": "send", "next": 1})
        world.approve()
        await until(lambda: world.events(AttemptInDoubt) and AttemptStatus.DELIVERED in statuses(world))
        assert len(world.mails) == 1
        assert not world.events(AttemptRejected)


@pytest.mark.parametrize("kind", ["timeout-created", "reset-created", "reset"])
async def test_f1_a_mail_server_that_breaks_off_after_the_dot_is_not_asked_again(database: str, kind: str) -> None:
    async with a_world(database, providers="smtp", rate=6000.0) as world, world.running():
        await world.faults({"kind": kind, "operation": "send", "next": 1, "seconds": 2})
        world.approve()
        await until(lambda: world.events(AttemptAccepted))
        [accepted] = world.events(AttemptAccepted)
        assert accepted.provider_id == ""  # counts as sent, for nobody can say that it was not
        assert len(world.mails) == (0 if kind == "reset" else 1)


@pytest.mark.parametrize("provider", PROVIDERS)
async def test_f2_f10_what_was_certainly_not_sent_is_tried_again(database: str, provider: str) -> None:
    async with a_world(database, providers=provider) as world, world.running():
        await world.faults({"kind": "429", "operation": "send", "next": 2})
        world.approve()
        await until(lambda: world.events(AttemptAccepted))
        assert len(world.mails) == 1


async def test_the_second_provider_takes_what_the_first_certainly_has_not(database: str) -> None:
    async with (
        a_world(database, providers="sendgrid,smtp", sendgrid_url="http://127.0.0.1:1") as world,
        world.running(),
    ):
        world.approve()
        await until(lambda: world.events(AttemptAccepted))
        [accepted] = world.events(AttemptAccepted)
        assert accepted.provider == "smtp"
        assert [m.via for m in world.mails] == ["smtp"]


async def test_the_second_provider_gets_nothing_that_the_first_may_have(database: str) -> None:
    async with a_world(database, providers="sendgrid,smtp") as world, world.running():
        await world.faults({"kind": "reset-created", "operation": "send", "next": 1})
        world.approve()
        await until(lambda: AttemptStatus.DELIVERED in statuses(world))
        assert [m.via for m in world.mails] == ["sendgrid"]


async def test_f14_a_provider_that_locks_us_out_is_left_out_while_there_is_another(database: str) -> None:
    async with a_world(database, providers="sendgrid,smtp") as world, world.running():
        await world.faults({"kind": "401", "operation": "send", "next": 1})
        world.approve()
        await until(lambda: world.events(AttemptAccepted))
        world.approve()
        await until(lambda: len(world.events(AttemptAccepted)) == 2)
        assert [m.via for m in world.mails] == ["smtp", "smtp"]


async def test_f15_an_email_that_cannot_be_made_is_rejected_and_the_next_goes_out(database: str) -> None:
    async with a_world(database) as world, world.running():
        world.approve(template_id="nobody-wrote-it")
        world.approve(to="ana@exämple.test")
        world.approve(to="ana@mail.example.test>\r\nBcc: x@y.test")
        world.approve()
        await until(lambda: world.events(AttemptAccepted) and len(world.events(AttemptRejected)) == 3)
        assert [m.to for m in world.mails] == [ADDRESS]
        reasons = {e.reason for e in world.events(AttemptRejected)}
        assert reasons == {"no-such-template", "address-not-usable", "header-injection"}
