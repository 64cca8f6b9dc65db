"""The telephone channel, for the code that all channels share."""

from chassis.channel.core.medium import Medium, highest
from contracts.events import CallApproved, Channel
from services.voice.core.status import LADDER

PROVIDER = "twilio-voice"
"""Not the name of the text channel's provider: all channels' callbacks are on one topic, and each reads its own."""
MEDIUM = Medium(
    "voice",
    "0.1.0",
    Channel.VOICE,
    CallApproved,
    PROVIDER,
    highest(LADDER),
    spoken=(Channel.SMS, Channel.EMAIL, Channel.CHAT, Channel.PUSH),
)
