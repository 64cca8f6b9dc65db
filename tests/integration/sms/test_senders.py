"""Several numbers of ours, their pace, and pictures, against the simulator.

A green run does not prove that a Messaging Service of Twilio's keeps to one number for a phone.
"""

import shutil
from pathlib import Path

import pytest

from chassis.templates.loader import DIRECTORY, WrongTemplate, load_templates
from contracts.events import AttemptAccepted
from tests.integration.sms.harness import OURS, Sms, a_world, until

POOL = [OURS, "+12125550198", "+12125550197"]
PIXEL = b"\x89PNG\r\n\x1a\n" + b"\0" * 60


def phone(n: int) -> str:
    """A number that gets its texts."""
    return f"+1312555{100 + n:04}"


async def _texted(world: Sms, people: int, texts: int) -> dict[str, set[str]]:
    """From which of our numbers each phone heard."""
    heard: dict[str, set[str]] = {}
    for _ in range(texts):
        for n in range(people):
            world.approve(to=phone(n), consumer_id=f"con-{n}")
    await until(lambda: len(world.received()) == people * texts)
    for entry in world.received():
        heard.setdefault(entry.to, set()).add(entry.sender)
    return heard


async def test_every_consumer_hears_from_one_of_our_numbers_and_all_are_used(database: str) -> None:
    async with a_world(database, from_numbers=" , ".join(POOL)) as world, world.running():
        heard = await _texted(world, people=20, texts=2)
    assert {len(senders) for senders in heard.values()} == {1}
    assert {sender for senders in heard.values() for sender in senders} == set(POOL)


async def test_a_lost_answer_is_found_whichever_number_wrote(database: str) -> None:
    async with a_world(database, from_numbers=",".join(POOL)) as world, world.running():
        await world.faults({"kind": "500-created", "next": 6})
        world.simulator.account.webhooks.call = lambda job: None  # type: ignore[method-assign]
        heard = await _texted(world, people=6, texts=1)
        await until(lambda: len(world.events(AttemptAccepted)) == 6)
    assert len(heard) == 6


async def test_a_messaging_service_chooses_where_there_is_one(database: str) -> None:
    service = "MG" + "1" * 32
    async with a_world(database, messaging_service_sid=service) as world, world.running():
        heard = await _texted(world, people=1, texts=1)
    assert heard == {phone(0): {service}}


async def test_no_number_goes_faster_than_it_may_and_all_texts_go(database: str) -> None:
    async with a_world(database, per_second=20.0) as world, world.running():
        await _texted(world, people=45, texts=1)
        times = sorted(m.created_at for m in world.simulator.account.messages.everything)
        seconds = world.runtime.clock.real_seconds(times[-1] - times[0])
    # A second's worth may go at once; what is left takes its time, however fast the machine is.
    assert seconds >= (45 - 20) / 20 - 0.3


def _with_media(folder: Path, name: str, content: bytes, suffix: str = "welcome.en.txt") -> Path:
    shutil.copytree(DIRECTORY, folder / "templates")
    pictures = folder / "templates" / "sms" / "media"
    pictures.mkdir()
    (pictures / name).write_bytes(content)
    template = folder / "templates" / "sms" / suffix
    template.write_text(template.read_text().replace("tone: plain\n", f"tone: plain\nmedia: [{name}]\n", 1))
    return folder / "templates"


async def test_a_picture_goes_with_a_text_and_can_be_fetched(
    database: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("chassis.templates.loader.DIRECTORY", _with_media(tmp_path, "office.png", PIXEL))
    async with a_world(database) as world, world.running() as port:
        world.approve()
        await until(world.received)
        (message,) = world.simulator.account.messages.everything
        assert message.media_urls == (f"{world.public_url}/twilio/media/office.png",)
        picture = await port.get("/twilio/media/office.png")
    assert (picture.headers["Content-Type"], picture.content) == ("image/png", PIXEL)


@pytest.mark.parametrize(
    ("name", "content", "why"),
    [
        ("office.png", b"<html>", "is not what its name says"),
        ("office.exe", b"MZ", "ends in"),
        ("office.png", PIXEL + b"\0" * (5 << 20), "at most"),
    ],
)
def test_a_picture_that_networks_do_not_carry_is_no_part_of_a_template(
    tmp_path: Path, name: str, content: bytes, why: str
) -> None:
    with pytest.raises(WrongTemplate, match=why):
        load_templates(_with_media(tmp_path, name, content))
