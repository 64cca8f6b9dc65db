"""What the text channel can be told."""

from pydantic import Field, SecretStr

from chassis.settings import OwnSettings


class SmsSettings(OwnSettings):
    """The account at Twilio, the addresses on both sides, and how hard to try."""

    twilio_url: str = Field("https://api.twilio.com", description="Where Twilio, or the simulator, answers.")
    account_sid: str = Field(pattern="^AC[0-9a-fA-F]{32}$", description="The account at Twilio.")
    auth_token: SecretStr = Field(description="Its token: for calls to Twilio, and for the signatures of callbacks.")
    auth_token_secondary: SecretStr | None = Field(
        None, description="The other valid token while tokens are changed: callbacks signed with it are believed too."
    )
    from_number: str = Field(pattern=r"^\+[1-9][0-9]{6,14}$", description="Our number, in E.164 form.")
    public_url: str = Field(
        pattern="^https?://[^?#]+$",
        description="Where Twilio reaches this service, as Twilio sees it: part of what callbacks are signed over.",
    )
    collector_name: str = Field("Counterpoint Recovery", description="Who every text says it is from.")
    concurrency: int = Field(64, ge=1, description="Most calls to Twilio at a time.")
    connect_timeout: float = Field(5.0, gt=0, description="Seconds to reach Twilio.")
    answer_timeout: float = Field(10.0, gt=0, description="Seconds to wait for Twilio's answer; then it is in doubt.")
    retry_seconds: float = Field(
        10.0, ge=0, description="Real seconds in which a text that was certainly not sent is tried again."
    )
    webhook_timeout: float = Field(10.0, gt=0, description="Seconds in which a callback must have been read.")
    database_connections: int = Field(4, ge=1, description="Most connections to PostgreSQL.")

    @property
    def longest_call(self) -> float:
        """Seconds that a call to Twilio may take; what is handed over must be able to take so long."""
        return self.connect_timeout + self.answer_timeout
