"""Settings: what is unknown or cannot be is refused by name, and secrets are not shown.

A green run does not prove that every setting does what its description says.
"""

import pytest
from pydantic import Field, SecretStr

from chassis.settings import OwnSettings, StackSettings, WrongSettings, load_own, load_stack


class SmsLike(OwnSettings):
    """Settings of a service, for these tests."""

    token: SecretStr = Field(SecretStr("none"), description="A secret.")
    pace: int = Field(1, ge=1, description="A number.")


@pytest.fixture(autouse=True)
def _nothing_set(monkeypatch: pytest.MonkeyPatch) -> None:
    import os

    for name in list(os.environ):
        if name.startswith("COUNTERPOINT_"):
            monkeypatch.delenv(name)


def test_an_unknown_setting_is_refused_by_its_name(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COUNTERPOINT_KAFKA_BOOTSTRAPP", "127.0.0.1:9092")
    with pytest.raises(WrongSettings, match="COUNTERPOINT_KAFKA_BOOTSTRAPP is set, but there is no such setting"):
        load_stack()


def test_an_unknown_setting_of_ones_own_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COUNTERPOINT_SMS_PACEE", "2")
    with pytest.raises(WrongSettings, match="COUNTERPOINT_SMS_PACEE"):
        load_own("sms", SmsLike)


def test_settings_of_another_service_are_its_own_affair(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COUNTERPOINT_COMPLIANCE_ANYTHING", "2")
    monkeypatch.setenv("COUNTERPOINT_SMS_PACE", "2")
    assert load_stack().kafka_partitions == 4
    assert load_own("sms", SmsLike).pace == 2


def test_a_value_that_cannot_be_is_refused_by_name_and_not_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COUNTERPOINT_SMS_PACE", "fast")
    with pytest.raises(WrongSettings, match="COUNTERPOINT_SMS_PACE: Input should be a valid integer") as told:
        load_own("sms", SmsLike)
    assert "fast" not in str(told.value)


@pytest.mark.parametrize(
    "link",
    [
        "https://p\N{CYRILLIC SMALL LETTER A}y.test",
        "https://pay.test@evil.test",
        "https://pay.test/",
        "pay.test",
        "https://a b",
    ],
)
def test_links_that_would_look_like_another_are_refused(monkeypatch: pytest.MonkeyPatch, link: str) -> None:
    monkeypatch.setenv("COUNTERPOINT_LINK_URL", link)
    with pytest.raises(WrongSettings, match="COUNTERPOINT_LINK_URL"):
        load_stack()


def test_a_simulated_clock_needs_both_its_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COUNTERPOINT_CLOCK_START", "2026-10-19T12:00:00+00:00")
    with pytest.raises(WrongSettings, match="CLOCK_START and COUNTERPOINT_CLOCK_ANCHOR together"):
        load_stack()


def test_a_clock_without_an_offset_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COUNTERPOINT_CLOCK_START", "2026-10-19T12:00:00")
    monkeypatch.setenv("COUNTERPOINT_CLOCK_ANCHOR", "0")
    with pytest.raises(WrongSettings, match="needs an offset"):
        load_stack()


def test_secrets_print_as_stars() -> None:
    stack = StackSettings.model_validate({"hash_key": "s3cret-key", "kafka_password": "s3cret-word"})
    own = SmsLike.model_validate({"token": "s3cret-token"})
    assert "s3cret" not in f"{stack!r} {stack} {own!r} {own.model_dump()} {stack.model_dump_json()}"
    assert "**********" in repr(own)
