"""The push channel, for the code that all channels share."""

from chassis.channel.core.medium import Medium, highest
from contracts.events import Channel, PushApproved
from services.push.core.status import LADDER

PROVIDER, LINK = "web-push", "push-link"
"""Who carries notifications, all push services under one name; and our own links in them."""

MEDIUM = Medium("push", "0.1.0", Channel.PUSH, PushApproved, PROVIDER, highest(LADDER))
