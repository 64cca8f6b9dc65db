"""What the text channel can be told."""

from pydantic import Field, SecretStr

from chassis.channel.settings import ChannelSettings


class SmsSettings(ChannelSettings):
    """The account at Twilio, and our number."""

    twilio_url: str = Field("https://api.twilio.com", description="Where Twilio, or the simulator, answers.")
    account_sid: str = Field(pattern="^AC[0-9a-fA-F]{32}$", description="The account at Twilio.")
    auth_token: SecretStr = Field(description="Its token: for calls to Twilio, and for the signatures of callbacks.")
    auth_token_secondary: SecretStr | None = Field(
        None, description="The other valid token while tokens are changed: callbacks signed with it are believed too."
    )
    from_number: str = Field(pattern=r"^\+[1-9][0-9]{6,14}$", description="Our number, in E.164 form.")
