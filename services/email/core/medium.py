"""The e-mail channel, for the code that all channels share."""

from chassis.channel.core.medium import Medium, highest
from contracts.events import Channel, EmailApproved
from services.email.core.status import LADDER

NAME = "email"
SENDGRID, SMTP, MAIL, LINK = "sendgrid", "smtp", "mail", "link"
"""Who carries e-mails; and where else callbacks come from: mail that came to us, and our own links."""


def medium(provider: str) -> Medium:
    """The channel, with the provider that is asked first."""
    return Medium(NAME, "0.1.0", Channel.EMAIL, EmailApproved, provider, highest(LADDER), hears=MAIL)
