"""What browsers and the portal tell the push channel: new subscriptions, and notifications that were shown."""

import hmac
from functools import partial

import msgspec
from msgspec import Struct
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from chassis.channel.intake import Refused
from chassis.channel.links import Links
from chassis.channel.service import Ground
from chassis.clock import Clock
from chassis.host import Host, Publisher
from chassis.personal_links import NoLink, read
from contracts.events import CallbackKind, PushSubscribed
from contracts.ids import ConsumerId
from services.push.core.medium import MEDIUM
from services.push.core.subscription import is_served, subscription
from services.push.settings import PushSettings

SUBSCRIPTIONS, SHOWN = "/subscriptions", "/shown/{token}"
MOST_BYTES = 8192
PORTAL = "portal"


class Keys(Struct, frozen=True):
    """The browser's part, by the names that browsers give."""

    p256dh: str
    auth: str


class Browser(Struct, frozen=True):
    """A subscription as a browser's `toJSON` writes it."""

    endpoint: str
    keys: Keys


class Given(Struct, frozen=True):
    """A consumer, whom the portal has recognised, lets this browser take notifications."""

    consumer_id: str
    subscription: Browser


class Subscriptions:
    """Takes subscriptions from the portal, and what browsers say of notifications."""

    def __init__(self, *, settings: PushSettings, ground: Ground, links: Links, host: Host) -> None:
        self._token = settings.portal_token.get_secret_value().encode()
        self._services = settings.served
        self._ground = ground
        self._links = links
        self._publisher: Publisher = host.publisher
        self._clock: Clock = host.clock
        self._keys = host.settings.link_keys()

    def routes(self) -> list[Route]:
        """What the service's port serves for the portal and for browsers."""
        return [
            Route(SUBSCRIPTIONS, self.subscribe, methods=["POST"]),
            Route(SHOWN, self.shown, methods=["POST"]),
        ]

    async def subscribe(self, request: Request) -> Response:
        """The portal hands a subscription over."""
        taken = Response(status_code=201)
        return await self._ground.intake.take("subscription", partial(self._subscribed, request), taken)

    async def shown(self, request: Request) -> Response:
        """A browser says that it has shown a notification; the token in it names which."""
        return await self._ground.intake.take("shown", partial(self._shown, request), Response(status_code=204))

    async def _subscribed(self, request: Request) -> str:
        given = request.headers.get("Authorization", "").removeprefix("Bearer ")
        if not hmac.compare_digest(given.encode(), self._token):
            raise Refused(403, "bad-token")
        body = await self._ground.intake.body_of(request, MOST_BYTES)
        try:
            said = msgspec.json.decode(body, type=Given)
        except (msgspec.MsgspecError, UnicodeDecodeError):
            raise Refused(400, "no-subscription") from None
        keys = said.subscription.keys
        made = subscription(said.subscription.endpoint, keys.p256dh, keys.auth)
        if made is None or not said.consumer_id:
            raise Refused(400, "no-subscription")
        if not is_served(made.origin, self._services):
            raise Refused(422, "push-service-not-known")
        now = self._clock.now()
        address_id = self._ground.address_of(str(made))
        meta = MEDIUM.first(f"{said.consumer_id}/{address_id}", "subscribed", now, ConsumerId(said.consumer_id), None)
        event = PushSubscribed(meta, address_id, made.endpoint, made.public_key, made.secret, PORTAL, now)
        await self._publisher.publish(events=[event])
        return "published"

    async def _shown(self, request: Request) -> str:
        link = read(request.path_params["token"], self._keys, self._clock.now())
        if isinstance(link, NoLink):
            raise Refused(404, link.reason)
        await self._ground.intake.body_of(request, MOST_BYTES)
        await self._publisher.publish(events=[self._links.told(link, "shown", CallbackKind.STATUS)])
        return "published"
