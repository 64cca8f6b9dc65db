"""From an approval to a letterbox, through real HTTP to the simulator, whatever goes wrong on the way.

A green run does not prove that Lob itself behaves as the simulator does, nor that the pages look right.
"""

import pytest

from chassis.runtime.memory import Crashed
from contracts.events import (
    AttemptAccepted,
    AttemptInDoubt,
    AttemptRejected,
    AttemptStarted,
    AttemptStatus,
    AttemptStatusChanged,
    CallbackReceived,
    Channel,
    ReasonClass,
)
from counterpoint.embedded.processes import free_ports
from services.letter.signature import signature
from services.letter.webhooks import LOB_PATH, MAIL_HOUSE_PATH
from tests.channels import until
from tests.integration.letter.harness import ADDRESS, SECRET, TOKEN, Letters, a_world


def statuses(world: Letters) -> list[AttemptStatus]:
    return [e.status for e in world.events(AttemptStatusChanged)]


async def test_an_approved_letter_reaches_the_letterbox_and_every_scan_comes_back(database: str) -> None:
    [port] = free_ports(1)
    async with a_world(database, port=port) as letters, letters.running():
        letters.approve()
        await until(lambda: AttemptStatus.DELIVERED in statuses(letters))
        [started], [accepted] = letters.events(AttemptStarted), letters.events(AttemptAccepted)
        [entry] = letters.received("letter")
        callbacks = letters.events(CallbackReceived)
    assert entry.reference["attempt"] == started.attempt_id
    assert entry.message_sid == accepted.provider_id
    assert entry.to == f"Ana Maria Ejemplo\n{ADDRESS}"
    assert "debt collector" in " ".join(entry.body.split())
    ladder = [AttemptStatus.QUEUED, AttemptStatus.MAILED, AttemptStatus.IN_TRANSIT, AttemptStatus.DELIVERED]
    assert list(dict.fromkeys(statuses(letters)))[-3:] == ladder[-3:]
    assert not any(b"Oak" in c.body or b"Ana" in c.body for c in callbacks)


async def test_f22_a_letter_that_comes_back_says_that_the_address_is_bad(database: str) -> None:
    [port] = free_ports(1)
    async with a_world(database, port=port) as letters, letters.running():
        letters.approve(to="12 Returned Street\nDayton, OH 45402")
        await until(lambda: AttemptStatus.RETURNED in statuses(letters))
        [returned] = [e for e in letters.events(AttemptStatusChanged) if e.status is AttemptStatus.RETURNED]
    assert returned.terminal
    assert returned.reason_class is ReasonClass.PERMANENT_ADDRESS


async def test_nothing_is_printed_for_an_address_that_nobody_can_deliver_to(database: str) -> None:
    async with a_world(database) as letters, letters.running():
        letters.approve(to="1 Nowhere Street\nDayton, OH 45402")
        await until(lambda: letters.events(AttemptRejected))
        assert not letters.simulator.lob.letters.every
    [rejected] = letters.events(AttemptRejected)
    assert (rejected.reason, rejected.reason_class) == ("undeliverable", ReasonClass.PERMANENT_ADDRESS)


@pytest.mark.parametrize("kind", ["timeout-created", "500-created", "reset-created"])
async def test_f1_f3_f12_a_letter_whose_answer_was_lost_is_never_printed_again(database: str, kind: str) -> None:
    async with a_world(database, rate=600.0, verify_addresses=False) as letters, letters.running():
        await letters.faults({"kind": kind, "next": 1})
        letters.approve()
        await until(lambda: letters.events(AttemptInDoubt))
        await until(lambda: letters.events(AttemptAccepted))
        assert len(letters.simulator.lob.letters.every) == 1
        assert not letters.events(AttemptRejected)


@pytest.mark.parametrize("step", ["decided", "changelog", "outputs", "effects", "processed"])
async def test_f3_a_worker_killed_at_any_step_prints_once_or_says_that_it_did_not(database: str, step: str) -> None:
    async with a_world(database, rate=600.0, verify_addresses=False) as letters:
        letters.turning = False
        async with letters.running():
            for n in range(3):
                letters.approve(consumer_id=f"con-{n:024x}")

            def taken(_service: str, done: str) -> None:
                if done == step:
                    raise Crashed(step)

            letters.runtime.step = taken
            with pytest.raises(Crashed):
                await letters.runtime.run()
            letters.runtime.step = lambda _service, _step: None
        letters.turning = True
        async with letters.running():
            await until(lambda: len(letters.events(AttemptAccepted)) + len(letters.events(AttemptRejected)) == 3)
        printed = [letter.metadata["attempt"] for letter in letters.simulator.lob.letters.every]
        assert sorted(printed) == sorted(e.attempt_id for e in letters.events(AttemptAccepted))
        assert all(e.reason_class is ReasonClass.NOT_SENT for e in letters.events(AttemptRejected))


async def test_a_barred_address_gets_nothing(database: str) -> None:
    async with a_world(database) as letters:
        letters.bar(Channel.LETTER, "post", ADDRESS, active=True)
        async with letters.running():
            letters.approve()
            await until(lambda: letters.events(AttemptRejected))
        assert not letters.simulator.lob.letters.every


async def test_f8_what_is_not_signed_is_not_believed(database: str) -> None:
    async with a_world(database) as letters, letters.running() as client:
        body = b'{"id":"evt_1","event_type":{"id":"letter.delivered"},"body":{"id":"ltr_1","metadata":{}}}'
        unsigned = await client.post(LOB_PATH, content=body)
        stamp = str(int(letters.now.timestamp() * 1000))
        forged = await client.post(
            LOB_PATH, content=body, headers={"Lob-Signature": "0" * 64, "Lob-Signature-Timestamp": stamp}
        )
        signed = {"Lob-Signature": signature(SECRET, stamp, body), "Lob-Signature-Timestamp": stamp}
        not_ours = await client.post(LOB_PATH, content=body, headers=signed)
        huge = await client.post(LOB_PATH, content=b"x" * (10 << 20), headers=signed)
    assert (unsigned.status_code, forged.status_code) == (403, 403)
    assert not_ours.status_code == 200  # a letter that the account sent by other means: not to be posted again
    assert huge.status_code == 413
    assert not letters.events(CallbackReceived)


async def test_a_mail_house_gets_files_and_its_reports_are_believed_with_the_token(
    database: str, tmp_path: object
) -> None:
    world = a_world(database, printer="mail-house", outbox=str(tmp_path), report_token=TOKEN)
    async with world as letters, letters.running() as client:
        approval = letters.approve()
        await until(lambda: letters.events(AttemptAccepted))
        [accepted] = letters.events(AttemptAccepted)
        report = {
            "attempt": accepted.attempt_id,
            "contact": approval.contact_id,
            "consumer": approval.meta.consumer_id,
            "story": approval.meta.correlation_id,
            "event": "letter.returned_to_sender",
        }
        refused = await client.post(MAIL_HOUSE_PATH, json=report)
        headers = {"Authorization": f"Bearer {TOKEN}"}
        unknown = await client.post(MAIL_HOUSE_PATH, json={**report, "event": "lost"}, headers=headers)
        taken = await client.post(MAIL_HOUSE_PATH, json=report, headers=headers)
        await until(lambda: AttemptStatus.RETURNED in statuses(letters))
    assert (refused.status_code, unknown.status_code, taken.status_code) == (403, 400, 204)
