"""The text channel, for the code that all channels share."""

from chassis.channel.core.medium import Medium, highest
from contracts.events import Channel, TextApproved
from services.sms.core.status import LADDER

PROVIDER = "twilio"
MEDIUM = Medium("sms", "0.1.0", Channel.SMS, TextApproved, PROVIDER, highest(LADDER))
