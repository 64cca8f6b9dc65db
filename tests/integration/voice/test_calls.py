"""From an approval to what is said on the phone, through real HTTP to the simulator, whatever goes wrong on the way.

A green run does not prove that Twilio itself behaves as the simulator does, nor how its voice sounds.
"""

from typing import Any

import pytest
from msgspec.structs import replace

from contracts.events import (
    AttemptAccepted,
    AttemptRejected,
    AttemptStarted,
    AttemptStatus,
    AttemptStatusChanged,
    Channel,
    FactKind,
    FactLearned,
    OptedOut,
    OptOutScope,
    ReasonClass,
    ReplyIntent,
    ReplyReceived,
    Technology,
)
from counterpoint.embedded.processes import free_ports
from tests.channels import until
from tests.integration.voice.harness import BORN, CONSUMER, THEIRS, a_placement, a_world

DEBT = ("debt", "deuda", "balance", "Harborview Bank", "1,234", "collector")


def tells_of_a_debt(words: str) -> bool:
    return any(word in words for word in DEBT)


async def test_who_proves_to_be_the_consumer_hears_the_disclosure_and_then_the_balance(database: str) -> None:
    async with a_world(database) as calls, calls.running():
        await calls.know()
        await calls.sits("1", BORN, "1")
        calls.approve()
        [entry] = await calls.ended()
        await until(lambda: AttemptStatus.CONVERSATION in calls.statuses())
        [started], [accepted] = calls.events(AttemptStarted), calls.events(AttemptAccepted)
    greeting, yes, proof, born, disclosure, menu, one, balance, *_ = entry.body.split("\n")
    assert "Ana Ejemplo" in greeting
    assert "may be recorded" in greeting
    assert not tells_of_a_debt(greeting + proof)
    assert (yes, born, one) == ("> 1", f"> {BORN}", "> 1")
    assert "debt collector" in disclosure
    assert "press 1" in menu
    assert balance == "Your balance with Harborview Bank, account ending in 1234, is $1,234.56."
    assert entry.reference["attempt"] == started.attempt_id
    assert entry.message_sid == accepted.provider_id
    assert calls.statuses()[-1] is AttemptStatus.CONVERSATION


async def test_a_machine_hears_the_limited_message_and_nothing_of_a_debt(database: str) -> None:
    async with a_world(database) as calls, calls.running():
        await calls.know()
        calls.approve()
        [entry] = await calls.ended()
        await until(lambda: AttemptStatus.VOICEMAIL in calls.statuses())
    assert entry.kind == "voicemail"
    assert entry.body == (
        "Hello, this is Sam Reed from Counterpoint with a message for Ana. "
        "Please call me back at +1 800-555-0100. Thank you."
    )


@pytest.mark.parametrize(
    ("number", "status", "reason"),
    [
        ("+12025550170", AttemptStatus.BUSY, ReasonClass.TEMPORARY),
        ("+12025550171", AttemptStatus.NO_ANSWER, ReasonClass.TEMPORARY),
        ("+12025550172", AttemptStatus.NOT_IN_SERVICE, ReasonClass.PERMANENT_ADDRESS),
        ("+12025550173", AttemptStatus.FAILED, ReasonClass.TECHNICAL),
        ("+12025550175", AttemptStatus.VOICEMAIL, ReasonClass.NONE),
        ("+12025550178", AttemptStatus.DROPPED, ReasonClass.TEMPORARY),
    ],
)
async def test_the_end_of_a_call_is_told_as_what_counts(
    database: str, number: str, status: AttemptStatus, reason: ReasonClass
) -> None:
    async with a_world(database) as calls, calls.running():
        await calls.know(number)
        calls.approve(number)
        await until(lambda: status in calls.statuses())
        [last] = [e for e in calls.events(AttemptStatusChanged) if e.status is status]
    assert last.terminal
    assert last.reason_class is reason


async def test_f21_where_nobody_can_tell_who_picked_up_no_debt_is_spoken_of(database: str) -> None:
    async with a_world(database) as calls, calls.running():
        await calls.know()
        await calls.sits("hello", "who is this", "what", answered_by="unknown")
        calls.approve()
        [entry] = await calls.ended()
    assert not tells_of_a_debt(entry.body)


async def test_who_does_not_know_the_birth_date_hears_nothing_of_a_debt(database: str) -> None:
    async with a_world(database) as calls, calls.running():
        await calls.know()
        await calls.sits("1", "01011900", "01011900", "1")
        calls.approve()
        [entry] = await calls.ended()
        await until(lambda: AttemptStatus.ANSWERED in calls.statuses())
    assert not tells_of_a_debt(entry.body)
    assert AttemptStatus.CONVERSATION not in calls.statuses()


async def test_the_number_of_somebody_else_is_told_and_not_called_again(database: str) -> None:
    async with a_world(database) as calls, calls.running():
        await calls.know()
        await calls.sits("3")
        calls.approve()
        [entry] = await calls.ended()
        await until(lambda: calls.events(FactLearned))
        [fact], [stop] = calls.events(FactLearned), calls.events(OptedOut)
        [reply] = calls.events(ReplyReceived)
        calls.approve()
        await until(lambda: calls.events(AttemptRejected))
    assert not tells_of_a_debt(entry.body)
    assert fact.fact is FactKind.NUMBER_OF_ANOTHER
    assert stop.scope is OptOutScope.ADDRESS
    assert not reply.talked
    assert len(calls.simulator.voice.calls.everything) == 1


@pytest.mark.parametrize("words", ["Stop calling me", "No me llamen más"])
async def test_f17_stop_said_at_any_moment_ends_the_call_and_every_call_to_come(database: str, words: str) -> None:
    async with a_world(database) as calls, calls.running():
        await calls.know()
        await calls.sits("1", BORN, words)
        calls.approve()
        [entry] = await calls.ended()
        await until(lambda: calls.events(OptedOut))
        calls.approve()
        await until(lambda: calls.events(AttemptRejected))
    assert entry.body.endswith("We will not call you again. Goodbye.")
    assert [(e.channel, e.scope) for e in calls.events(OptedOut)] == [(Channel.VOICE, OptOutScope.MEDIUM)]
    [rejected] = calls.events(AttemptRejected)
    assert rejected.reason_class is ReasonClass.OPTED_OUT


async def test_f17_a_stop_that_comes_while_the_phone_rings_leaves_the_call_without_a_word(database: str) -> None:
    async with a_world(database, rate=20.0) as calls, calls.running():
        await calls.know()
        await calls.sits("1", BORN)
        calls.approve()
        await until(lambda: calls.simulator.voice.calls.everything)
        calls.bar(Channel.VOICE, "tel", THEIRS, active=True)
        [entry] = await calls.ended()
    assert entry.body == ""


async def test_f17_a_phone_that_rings_is_let_be_when_a_stop_comes(database: str) -> None:
    async with a_world(database, rate=10.0) as calls, calls.running():
        await calls.know("+12025550171")
        calls.approve("+12025550171")
        await until(lambda: calls.events(AttemptAccepted))
        calls.bar(Channel.VOICE, "tel", "+12025550171", active=True)
        [entry] = await calls.ended()
        await until(lambda: AttemptStatus.CANCELED in calls.statuses())
    assert (entry.status, entry.received_at) == ("canceled", None)


async def test_what_is_said_of_a_dispute_is_oral_and_what_is_typed_too(database: str) -> None:
    async with a_world(database) as calls, calls.running():
        await calls.know()
        await calls.sits("1", BORN, "4", "It was paid years ago")
        calls.approve()
        await calls.ended()
        await until(lambda: len(calls.events(ReplyReceived)) == 2)
    replies = calls.events(ReplyReceived)
    assert {r.intent for r in replies} == {ReplyIntent.DISPUTE}
    assert all(r.talked for r in replies)
    assert {(f.fact, f.detail) for f in calls.events(FactLearned)} == {(FactKind.DISPUTED, "oral")}


async def test_a_wish_to_be_called_back_is_a_consent_to_that_call(database: str) -> None:
    async with a_world(database) as calls, calls.running():
        await calls.know()
        await calls.sits("1", BORN, "5", "tomorrow at five")
        calls.approve()
        await calls.ended()
        await until(lambda: calls.events(FactLearned))
        [reply], [fact] = calls.events(ReplyReceived), calls.events(FactLearned)
    assert reply.text == "Please call me back: tomorrow at five"
    assert (fact.fact, fact.holds, fact.detail) == (FactKind.CALL_CONSENT, True, "collector")


async def test_a_spoken_cease_refuses_every_spoken_and_electronic_medium_and_is_no_writing(database: str) -> None:
    async with a_world(database) as calls, calls.running():
        await calls.know()
        await calls.sits("Cease all contact with me")
        calls.approve()
        await until(lambda: len(calls.events(OptedOut)) == 5)
    channels = {e.channel for e in calls.events(OptedOut)}
    assert channels == {Channel.VOICE, Channel.SMS, Channel.EMAIL, Channel.CHAT, Channel.PUSH}
    assert not [f for f in calls.events(FactLearned) if f.fact is FactKind.CEASED]


async def test_a_caller_is_found_by_number_and_the_talk_begins_the_seven_days(database: str) -> None:
    [port] = free_ports(1)
    async with a_world(database, port=port) as calls, calls.running():
        await calls.know()
        await calls.rings("2", "4 de julio de 1980", "saldo")
        [entry] = await calls.ended()
        await until(lambda: calls.events(ReplyReceived))
        [reply] = calls.events(ReplyReceived)
    assert "Su saldo con Harborview Bank" in entry.body
    assert reply.channel is Channel.VOICE
    assert reply.talked
    assert not calls.events(AttemptStatusChanged)


async def test_a_caller_whom_nobody_knows_is_given_to_a_person(database: str) -> None:
    [port] = free_ports(1)
    async with a_world(database, port=port) as calls, calls.running():
        await calls.rings("1", number="+12025550199")
        [entry] = await calls.ended()
    assert "I connect you with a person now" in entry.body
    assert not tells_of_a_debt(entry.body)


async def test_a_person_of_ours_hears_alone_who_is_on_the_line_before_the_call_is_put_through(database: str) -> None:
    async with a_world(database, recording="announced") as calls, calls.running():
        await calls.know()
        await calls.sits("1", BORN, "0")
        calls.approve()
        [entry] = await calls.ended()
    whispered = [line for line in entry.body.split("\n") if line.startswith("# ")]
    assert whispered == [
        "# Call with Ana, identity checked. Account ending in 1234 with Harborview Bank, balance $1,234.56."
    ]


async def test_a_stop_said_to_a_person_of_ours_is_heard_where_talks_may_be_written_down(database: str) -> None:
    async with a_world(database, recording="announced", transcribe=True) as calls, calls.running():
        await calls.know()
        await calls.sits("1", BORN, "0", talks=("I had a nice day", "Please stop calling me", "I dispute this debt"))
        calls.approve()
        await calls.ended()
        await until(lambda: calls.events(OptedOut) and [f for f in calls.events(FactLearned)])
        [stopped], [disputed] = calls.events(OptedOut), calls.events(FactLearned)
        assert (stopped.channel, disputed.fact) == (Channel.VOICE, FactKind.DISPUTED)
        assert sorted(r.text for r in calls.events(ReplyReceived)) == ["I dispute this debt", "Please stop calling me"]
        calls.approve()
        await until(lambda: calls.events(AttemptRejected))


@pytest.mark.parametrize(("recording", "state"), [("never", "OH"), ("one-party", "CA")])
async def test_nothing_is_written_down_where_talks_may_not_be_recorded(
    database: str, recording: str, state: str
) -> None:
    async with a_world(database, transcribe=True, recording=recording) as calls, calls.running():
        [home] = a_placement(calls.meta(CONSUMER), THEIRS).postal_addresses
        await calls.know(postal_addresses=(replace(home, state=state),))
        await calls.sits("1", BORN, "0", talks=("Please stop calling me",))
        calls.approve()
        await calls.ended()
        await until(lambda: AttemptStatus.CONVERSATION in calls.statuses())
        assert calls.simulator.voice.calls.everything[0].written_to is None
        assert not calls.events(ReplyReceived)


async def test_no_machine_speaks_where_a_person_was_approved(database: str) -> None:
    async with a_world(database) as calls, calls.running():
        await calls.know()
        await calls.sits()
        calls.approve(technology=Technology.LIVE_MANUAL, template_id="agent-call")
        [entry] = await calls.ended()
        await until(lambda: AttemptStatus.CONVERSATION in calls.statuses())
    assert all(line.startswith("# ") for line in entry.body.split("\n"))


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"technology": Technology.RINGLESS}, "ringless-messages-are-not-sent"),
        ({"template_id": "agent-call"}, "template-is-not-for-a-machine"),
        ({"conditions": ("time_barred_disclosure", "something_new")}, "not-composed"),
        ({"to": "+12025550101"}, "number-is-not-the-approved-one"),
    ],
)
async def test_what_must_not_or_cannot_be_called_is_not(database: str, changes: Any, reason: str) -> None:
    async with a_world(database) as calls, calls.running():
        await calls.know()
        approval = calls.approve()
        await until(lambda: calls.events(AttemptAccepted))
        await calls.ended()
        calls.approve(**{"address_id": approval.address_id, **changes})
        await until(lambda: calls.events(AttemptRejected))
    [rejected] = calls.events(AttemptRejected)
    assert rejected.reason == reason
