"""What the push channel can be told."""

from pydantic import Field, SecretStr

from chassis.channel.settings import ChannelSettings

SERVICES = (
    "https://fcm.googleapis.com https://updates.push.services.mozilla.com https://*.push.apple.com "
    "https://*.notify.windows.com"
)


class PushSettings(ChannelSettings):
    """Our key, whom push services may ask about us, and from whom subscriptions come."""

    vapid_key: SecretStr = Field(
        description="The private key by which push services know us, as `counterpoint push key` makes it.",
    )
    vapid_contact: str = Field(
        pattern="^(mailto:[^@ ]+@[^@ ]+|https://[^ ]+)$",
        description="Whom a push service may write to about our messages: mailto: and an address, or a page.",
    )
    services: str = Field(
        SERVICES,
        description="The push services that we call, with blanks between them; *. stands for every host below.",
    )
    portal_token: SecretStr = Field(description="With which the portal hands over subscriptions.")
    link_base: str | None = Field(
        None,
        description="Where links in notifications lead: the path /l here, as consumers see it. "
        "Below public_url if absent.",
    )

    @property
    def links(self) -> str:
        """Where links in notifications lead."""
        return (self.link_base or f"{self.public_url.rstrip('/')}/l").rstrip("/")

    @property
    def served(self) -> frozenset[str]:
        """The push services, one by one."""
        return frozenset(self.services.split())
