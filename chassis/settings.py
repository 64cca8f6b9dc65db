"""Settings, read once at start from the environment; nothing else in the project reads it."""

import os
from datetime import datetime
from pathlib import Path
from typing import Self, TypeVar

from pydantic import Field, SecretStr, ValidationError, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from chassis.clock import Clock
from chassis.personal_links import Signer
from contracts.topics import SERVICES

PREFIX = "COUNTERPOINT_"
OWNERS = (*SERVICES, "simulator")


class WrongSettings(Exception):
    """The environment holds a setting that nobody knows, or a value that cannot be."""


class StackSettings(BaseSettings):
    """Where things are that every process of a stack uses."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, frozen=True, extra="ignore")

    kafka_bootstrap: str | None = Field(
        None, description="Brokers, host:port, comma-separated; the embedded one if absent."
    )
    kafka_partitions: int = Field(4, ge=1, description="Partitions of every topic; the same for all.")
    kafka_replication: int = Field(1, ge=1, description="Replicas of every topic that is created.")
    kafka_security_protocol: str = Field("PLAINTEXT", description="PLAINTEXT, SSL, SASL_PLAINTEXT or SASL_SSL.")
    kafka_username: str | None = Field(None, description="SASL user, with a SASL protocol.")
    kafka_password: SecretStr | None = Field(None, description="SASL password.")
    kafka_ca_file: Path | None = Field(None, description="Certificate authority of the brokers, a PEM file.")
    registry_url: str | None = Field(None, description="Schema registry with Confluent's API; switches to its framing.")
    postgres_dsn: SecretStr | None = Field(
        None, description="PostgreSQL, as a connection string; the embedded one if absent."
    )
    hash_key: SecretStr = Field(
        SecretStr("development-only"), description="Key of the hashes that stand for addresses and numbers."
    )
    templates: Path | None = Field(None, description="Folder of templates, in place of those that come along.")
    collector_name: str = Field("Counterpoint Recovery", description="Who every contact says it is from.")
    collector_voicemail_name: str = Field(
        "Counterpoint", description="Our name where others may hear it: it must not tell that we collect debts."
    )
    collector_phone: str = Field("+1 800-555-0100", description="Where consumers reach a person.")
    collector_address: str = Field(
        "Counterpoint Recovery, PO Box 100, Springfield, IL 62701", description="Where consumers write to, in one line."
    )
    license_number: str = Field(
        "",
        description="Our licence as states want it named, CA 10123-99 for instance; without it we cannot write there.",
    )
    link_url: str = Field(
        "https://pay.example.test",
        pattern="^https?://[A-Za-z0-9.-]+(:[0-9]+)?(/[A-Za-z0-9._~-]+)*$",
        description="Where links in contacts lead: the service that takes clicks, as consumers see it.",
    )
    link_key: SecretStr = Field(
        SecretStr("development-only"), description="Key of the signatures of the links in contacts."
    )
    link_key_previous: SecretStr | None = Field(
        None, description="The key before, while keys are changed: links signed with it are believed too."
    )
    link_days: int = Field(30, ge=1, le=255, description="How many days a link holds from its contact on.")
    cache_dir: Path | None = Field(None, description="Where downloads are kept; the user's cache directory if absent.")
    clock_start: datetime | None = Field(
        None, description="Simulated time at the anchor, ISO 8601; real time if absent."
    )
    clock_anchor: float | None = Field(
        None, description="Real time until which the simulated clock stands still, seconds since 1970."
    )
    clock_rate: float = Field(1.0, gt=0, description="How many times as fast as real time the simulated clock runs.")
    log_format: str = Field(
        "auto", pattern="^(auto|json|text)$", description="json, text, or auto: text on a terminal."
    )
    log_level: str = Field("info", pattern="^(debug|info|warning|error)$", description="Least level that is written.")
    bind_host: str = Field("127.0.0.1", description="Address that servers listen on.")
    dead_letters_in_a_row: int = Field(100, ge=1, description="So many unreadable messages in a row stop a worker.")
    batch_records: int = Field(
        2000,
        ge=1,
        description="Most records of one topic that a worker takes at once, in equal shares from its partitions.",
    )
    session_timeout: float = Field(
        6.0, gt=0, description="Seconds without a heartbeat after which a worker has lost its partitions."
    )

    @model_validator(mode="after")
    def _clock_is_whole(self) -> Self:
        if (self.clock_start is None) != (self.clock_anchor is None):
            raise ValueError("set COUNTERPOINT_CLOCK_START and COUNTERPOINT_CLOCK_ANCHOR together, or neither")
        if self.clock_start is not None and self.clock_start.tzinfo is None:
            raise ValueError("COUNTERPOINT_CLOCK_START needs an offset, for instance 2026-10-19T12:00:00+00:00")
        return self

    def link_signer(self) -> Signer:
        """Makes the links in contacts."""
        return Signer(self.link_url, self.link_key.get_secret_value().encode(), self.link_days)

    def link_keys(self) -> list[bytes]:
        """The keys by which links are believed."""
        return [k.get_secret_value().encode() for k in (self.link_key, self.link_key_previous) if k is not None]

    def clock(self) -> Clock:
        """The clock of this stack."""
        if self.clock_start is None or self.clock_anchor is None:
            return Clock.real()
        return Clock(start=self.clock_start, anchor=self.clock_anchor, rate=self.clock_rate)


class OwnSettings(BaseSettings):
    """What one service can be told; a service adds fields of its own, read from COUNTERPOINT_<SERVICE>_<NAME>."""

    model_config = SettingsConfigDict(frozen=True, extra="ignore")

    http_port: int = Field(
        0, ge=0, le=65535, description="Port of health, metrics and the service's own pages; 0 for any."
    )


Own = TypeVar("Own", bound=OwnSettings)


def environment() -> dict[str, str]:
    """The environment as it is, for processes that are started with a part of it."""
    return dict(os.environ)


def load_stack() -> StackSettings:
    """Read the settings that every process shares; raise WrongSettings if one is unknown or cannot be."""
    for name in os.environ:
        if name.startswith(PREFIX):
            _check_known(name, None, OwnSettings)
    return _read(StackSettings, PREFIX)


def load_own(owner: str, kind: type[Own]) -> Own:
    """Read the settings of one service; raise WrongSettings if one is unknown or cannot be."""
    for name in os.environ:
        if name.startswith(PREFIX):
            _check_known(name, owner, kind)
    return _read(kind, f"{PREFIX}{owner.upper()}_")


def _check_known(name: str, owner: str | None, kind: type[OwnSettings]) -> None:
    rest = name.removeprefix(PREFIX).lower()
    if rest in StackSettings.model_fields:
        return
    for other in OWNERS:
        if rest.startswith(f"{other}_"):
            if other == owner and rest.removeprefix(f"{other}_") not in kind.model_fields:
                break
            return
    raise WrongSettings(f"{name} is set, but there is no such setting: see docs/reference/settings.md, or unset it")


Kind = TypeVar("Kind", bound=BaseSettings)


def _read(kind: type[Kind], prefix: str) -> Kind:
    try:
        return kind(_env_prefix=prefix)
    except ValidationError as error:
        faults = "; ".join(f"{prefix}{'_'.join(map(str, e['loc'])).upper()}: {e['msg']}" for e in error.errors())
        raise WrongSettings(f"settings cannot be used: {faults}") from None
