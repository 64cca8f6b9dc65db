"""What the e-mail channel can be told."""

from typing import Self

from pydantic import Field, SecretStr, model_validator

from chassis.channel.settings import ChannelSettings

_ADDRESS = r"^[A-Za-z0-9._+-]+@([a-z0-9-]+\.)+[a-z]{2,}$"
LEAST_HELD = 15


class EmailSettings(ChannelSettings):
    """Who carries e-mails, whom they are from, and how what comes back reaches us."""

    providers: str = Field(
        "sendgrid",
        pattern="^(sendgrid|smtp)(,(sendgrid|smtp))?$",
        description="sendgrid, smtp, or both with a comma: the second takes only what the first certainly has not.",
    )
    from_address: str = Field(pattern=_ADDRESS, description="The address that e-mails are from.")
    reply_to: str | None = Field(None, pattern=_ADDRESS, description="Where answers go; the sender's if absent.")
    bounce_domain: str | None = Field(
        None, description="Domain of envelope senders and Message-IDs; that of the sender's address if absent."
    )
    link_url: str | None = Field(
        None,
        pattern="^https?://[^?#]+[^?#/]$",
        description="Where links in e-mails lead: the path /l here, as consumers see it; below public_url if absent.",
    )
    token_key: SecretStr = Field(
        SecretStr("development-only"), description="Key of the signatures in Message-IDs and envelope senders."
    )
    sendgrid_url: str = Field("https://api.sendgrid.com", description="Where SendGrid, or the simulator, answers.")
    sendgrid_key: SecretStr | None = Field(None, description="The API key, with the right to send.")
    sendgrid_activity: bool = Field(
        False, description="Whether the account has Email Activity: then e-mails in doubt are looked up there."
    )
    undo_minutes: float = Field(
        0.0,
        ge=0,
        le=72 * 60,
        description="Minutes for which SendGrid holds an e-mail, so that a late stop still holds it back: 0, or 15 and "
        "more, since in the last ten it takes nothing back.",
    )
    event_keys: str = Field(
        "", description="Public keys of the signed event webhook, base 64; two with a comma while they are changed."
    )
    inbound_token: SecretStr | None = Field(
        None, description="The secret end of the address that Inbound Parse posts to: /inbound/TOKEN."
    )
    smtp_host: str | None = Field(None, description="The mail server that takes our mail.")
    smtp_port: int = Field(587, ge=1, le=65535, description="Its port.")
    smtp_username: str | None = Field(None, description="User there; nobody logs in if absent.")
    smtp_password: SecretStr | None = Field(None, description="Password there.")
    smtp_encryption: str = Field(
        "starttls", pattern="^(starttls|tls|none)$", description="starttls, tls from the start, or none."
    )
    inbound_smtp_port: int | None = Field(
        None, ge=0, le=65535, description="Port on which mail for us is taken by SMTP; none if absent, 0 for any."
    )
    imap_host: str | None = Field(None, description="Mail server whose mailbox holds what came for us; none if absent.")
    imap_port: int = Field(993, ge=1, le=65535, description="Its port.")
    imap_username: str | None = Field(None, description="User there.")
    imap_password: SecretStr | None = Field(None, description="Password there.")
    imap_encryption: str = Field("tls", pattern="^(tls|none)$", description="tls, or none.")
    imap_seconds: float = Field(20.0, gt=0, description="Real seconds between looks into that mailbox.")
    provider_rest: float = Field(
        30.0, gt=0, description="Real seconds for which a provider is left out that took nothing several times."
    )

    @model_validator(mode="after")
    def _complete(self) -> Self:
        needed = {"sendgrid": ("sendgrid_key", "event_keys"), "smtp": ("smtp_host",)}
        missing = [f for name in self.names for f in needed[name] if not getattr(self, f)]
        if self.imap_host and not (self.imap_username and self.imap_password):
            missing += ["imap_username", "imap_password"]
        if 0 < self.undo_minutes < LEAST_HELD:
            raise ValueError(f"COUNTERPOINT_EMAIL_UNDO_MINUTES must be 0, or {LEAST_HELD} and more")
        if missing:
            names = " and ".join(f"COUNTERPOINT_EMAIL_{f.upper()}" for f in missing)
            raise ValueError(f"{names} must be set where COUNTERPOINT_EMAIL_PROVIDERS is {self.providers}")
        return self

    @property
    def names(self) -> tuple[str, ...]:
        """The providers, in order."""
        return tuple(dict.fromkeys(self.providers.split(",")))

    @property
    def links(self) -> str:
        """Where links in e-mails lead."""
        return self.link_url or f"{self.public_url.rstrip('/')}/l"

    @property
    def domain(self) -> str:
        """The domain of Message-IDs and bounces."""
        return self.bounce_domain or self.from_address.rpartition("@")[2]
