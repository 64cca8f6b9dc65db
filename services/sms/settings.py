"""What the text channel can be told."""

from pydantic import Field, SecretStr

from chassis.channel.settings import ChannelSettings


class SmsSettings(ChannelSettings):
    """The account at Twilio, and our numbers."""

    twilio_url: str = Field("https://api.twilio.com", description="Where Twilio, or the simulator, answers.")
    account_sid: str = Field(pattern="^AC[0-9a-fA-F]{32}$", description="The account at Twilio.")
    auth_token: SecretStr = Field(description="Its token: for calls to Twilio, and for the signatures of callbacks.")
    auth_token_secondary: SecretStr | None = Field(
        None, description="The other valid token while tokens are changed: callbacks signed with it are believed too."
    )
    from_numbers: str = Field(
        pattern=r"^\+[1-9][0-9]{6,14}( *, *\+[1-9][0-9]{6,14})*$",
        description="Our numbers, in E.164 form, with commas between them; each consumer hears from one of them only.",
    )
    per_second: float = Field(
        0.0, ge=0, description="Most texts a real second from each of our numbers; 0 for no limit but Twilio's own."
    )
    messaging_service_sid: str | None = Field(
        None, pattern="^MG[0-9a-fA-F]{32}$", description="A Messaging Service that chooses among our numbers instead."
    )
    whatsapp_from: str | None = Field(
        None,
        pattern=r"^\+[1-9][0-9]{6,14}$",
        description="Our number at WhatsApp, in E.164 form: who wrote by WhatsApp last is answered by it for a day; "
        "without it all texts go as texts.",
    )
    lookup_url: str = Field("https://lookups.twilio.com", description="Where Twilio's Lookup, or the simulator, is.")
    lookup_days: float = Field(
        0.0,
        ge=0,
        le=59,
        description="Days for which Lookup's answer about a number holds: its line, and whether it is somebody else's "
        "by now; 0 to look no number up. A consent to texts needs such an answer every 60 days.",
    )
    undo_minutes: float = Field(
        0.0,
        ge=0,
        le=60,
        description="Minutes for which Twilio holds a text, so that a late stop still holds it back: 0, or 5 and more; "
        "needs a Messaging Service.",
    )

    @property
    def senders(self) -> tuple[str, ...]:
        """Our numbers, one by one."""
        return tuple(number.strip() for number in self.from_numbers.split(","))

    def address(self, path: str) -> str:
        """Where Twilio finds something of ours."""
        return self.public_url.rstrip("/") + path
