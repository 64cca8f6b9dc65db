"""The letter channel, for the code that all channels share."""

from chassis.channel.core.medium import Medium, highest
from contracts.events import Channel, LetterApproved
from services.letter.core.status import LADDER

LOB, MAIL_HOUSE = "lob", "mail-house"


def medium(provider: str) -> Medium:
    """The channel, where this provider prints."""
    return Medium("letter", "0.1.0", Channel.LETTER, LetterApproved, provider, highest(LADDER))
