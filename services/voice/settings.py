"""What the telephone channel can be told."""

from pathlib import Path

from pydantic import Field, SecretStr

from chassis.channel.settings import ChannelSettings
from services.voice.core.recording import Recording

_NUMBER = r"^\+[1-9][0-9]{6,14}$"


class VoiceSettings(ChannelSettings):
    """The account at Twilio, our number, and how calls are made."""

    twilio_url: str = Field("https://api.twilio.com", description="Where Twilio, or the simulator, answers.")
    account_sid: str = Field(pattern="^AC[0-9a-fA-F]{32}$", description="The account at Twilio.")
    auth_token: SecretStr = Field(description="Its token: for calls to Twilio, and for the signatures of callbacks.")
    auth_token_secondary: SecretStr | None = Field(
        None, description="The other valid token while tokens are changed: callbacks signed with it are believed too."
    )
    from_number: str = Field(pattern=_NUMBER, description="Our number, in E.164 form.")
    agent_number: str | None = Field(
        None,
        pattern=_NUMBER,
        description="Where our own people answer, in E.164 form; without it, nobody is called in.",
    )
    agent_name: str = Field("Sam Reed", description="Who messages on machines say is calling: a name, or a desk name.")
    state_key: SecretStr = Field(
        SecretStr("development-only"), description="Key of the signatures of where a call stands."
    )
    ring_seconds: int = Field(25, ge=5, le=60, description="How long a phone rings before a call is given up.")
    longest_minutes: int = Field(20, ge=1, le=240, description="After so many minutes a call is ended.")
    detect_machines: bool = Field(True, description="Have Twilio tell machines from people.")
    calls_per_second: float = Field(
        1.0,
        gt=0,
        description="Most calls placed in a second; what is more would wait at Twilio, which has no end to it.",
    )
    pay_connector: str = Field(
        "",
        pattern=r"^[A-Za-z0-9_-]{0,64}$",
        description="Name of the payment connector at Twilio by which cards are taken in the menu (`<Pay>`); empty:"
        " none are, and who wants to pay gets a link by text.",
    )
    recording: Recording = Field(
        Recording.NEVER,
        description="Record talks with our own people: never, announced (always, since it is announced), or one-party"
        " (only where no state that the consumer may be in wants everybody's consent).",
    )
    transcribe: bool = Field(
        False,
        description="Have Twilio write down what consumers and our own people say to each other, in the talks that"
        " `recording` lets be recorded; a stop, a dispute or a lawyer's name in it is obeyed at once, what our people"
        " say is held to the rules of talks, and nothing else of it is kept.",
    )
    talk_rules: Path | None = Field(
        None,
        description="File of rules of what our own people must and must not say, in place of the one that comes along.",
    )
