"""What Stripe does with each request that it takes, and the rules that its specification does not tell."""

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from msgspec import Struct

from counterpoint.providers.faults import Fault
from counterpoint.providers.stripe import shown
from counterpoint.providers.stripe.dealings import Dealings
from counterpoint.providers.stripe.events import Events
from counterpoint.providers.stripe.records import Charge, Customer, Endpoint, Intent, Item, Records, Session
from counterpoint.providers.stripe.ways import BANK, CARD, METHODS

SOONEST, LATEST = timedelta(minutes=30), timedelta(hours=24)
LEAST, MOST = 50, 99_999_999
"""Cents of the smallest and the largest payment."""
MOST_METADATA, LONGEST_NAME, LONGEST_VALUE = 50, 40, 500
KINDS = [CARD, BANK]
PENDING = frozenset({"requires_payment_method", "requires_confirmation", "requires_action", "processing"})


class Refused(Exception):
    """An answer that is an error, in Stripe's words."""

    def __init__(
        self,
        status: int,
        message: str,
        *,
        kind: str = "invalid_request_error",
        code: str | None = None,
        param: str | None = None,
    ) -> None:
        super().__init__(message)
        self.status = status
        self.kind = kind
        self.code = code
        self.param = param


class Asked(Struct, frozen=True):
    """A request that is as specified; `id` is the one in its path, `key` that of idempotency."""

    content: dict[str, Any]
    id: str
    at: datetime
    key: str | None = None
    fault: Fault | None = None


Operation = Callable[[Asked], dict[str, Any]]


class Operations:
    """The operations, by method and path."""

    def __init__(self, *, records: Records, dealings: Dealings, events: Events, base: Callable[[], str]) -> None:
        self._records = records
        self._dealings = dealings
        self._events = events
        self._base = base

    def by_path(self) -> Mapping[tuple[str, str], Operation]:
        """Each operation under its method and path."""
        r, sessions, intents = self._records, "/v1/checkout/sessions", "/v1/payment_intents"
        return {
            ("post", sessions): self.open_session,
            ("get", sessions): lambda a: _page(a, sessions, r.sessions, self._session, ("payment_intent", "customer")),
            ("get", f"{sessions}/{{session}}"): lambda a: self._session(_one(r.sessions, a.id, "checkout.session")),
            ("post", f"{sessions}/{{session}}/expire"): self.expire_session,
            ("get", f"{sessions}/{{session}}/line_items"): self.items,
            ("post", intents): self.want_payment,
            ("get", intents): lambda a: _page(a, intents, r.intents, shown.intent, ("customer",)),
            ("get", f"{intents}/{{intent}}"): lambda a: shown.intent(_one(r.intents, a.id, "payment_intent")),
            ("post", f"{intents}/{{intent}}/cancel"): self.cancel_payment,
            ("post", "/v1/refunds"): self.give_back,
            ("get", "/v1/refunds"): lambda a: _page(
                a, "/v1/refunds", r.refunds, shown.refund, ("charge", "payment_intent")
            ),
            ("get", "/v1/refunds/{refund}"): lambda a: shown.refund(_one(r.refunds, a.id, "refund")),
            ("get", "/v1/charges/{charge}"): lambda a: shown.charge(_one(r.charges, a.id, "charge")),
            ("get", "/v1/disputes"): lambda a: _page(
                a, "/v1/disputes", r.disputes, shown.dispute, ("charge", "payment_intent")
            ),
            ("get", "/v1/disputes/{dispute}"): lambda a: shown.dispute(_one(r.disputes, a.id, "dispute")),
            ("get", "/v1/events"): self.happenings,
            ("get", "/v1/events/{id}"): lambda a: shown.event(_one(r.events, a.id, "event")),
            ("post", "/v1/customers"): self.know_customer,
            ("get", "/v1/customers/{customer}"): lambda a: shown.customer(_one(r.customers, a.id, "customer")),
            ("post", "/v1/webhook_endpoints"): self.tell_there,
            ("get", "/v1/webhook_endpoints"): lambda a: _page(
                a, "/v1/webhook_endpoints", r.endpoints, lambda e: shown.endpoint(e, secret=False), ()
            ),
        }

    async def told(self) -> None:
        """Return when everything that was to be told was posted."""
        await self._events.told()

    def open_session(self, asked: Asked) -> dict[str, Any]:
        """A page on which a payment can be made."""
        given = asked.content
        if given.get("mode", "payment") != "payment":
            raise Refused(400, "The simulator knows the mode payment only.", param="mode")
        kinds = _kinds(given)
        expires_at = _until(given, asked.at)
        items, currency = self._items(given.get("line_items") or [])
        _metadata(given, "metadata")
        _metadata(given.get("payment_intent_data") or {}, "payment_intent_data[metadata]")
        if given.get("customer"):
            _one(self._records.customers, given["customer"], "customer")
        session = Session(
            id=self._records.new_id("cs_test_"),
            at=asked.at,
            expires_at=expires_at,
            currency=currency,
            items=items,
            success_url=given["success_url"],
            cancel_url=given.get("cancel_url"),
            reference=given.get("client_reference_id"),
            metadata=given.get("metadata") or {},
            intent_data=given.get("payment_intent_data") or {},
            kinds=kinds,
            customer=given.get("customer"),
            customer_email=given.get("customer_email"),
            locale=given.get("locale"),
            fault=asked.fault,
        )
        _amount(session.total, "line_items")
        self._dealings.opened(session)
        return self._session(session)

    def expire_session(self, asked: Asked) -> dict[str, Any]:
        """Nobody is to pay on a page any more."""
        session = _one(self._records.sessions, asked.id, "checkout.session")
        if session.status != "open":
            raise Refused(400, 'Only Checkout Sessions with a status in ["open"] can be expired.', param="session")
        self._dealings.expire(session, asked.at)
        return self._session(session)

    def items(self, asked: Asked) -> dict[str, Any]:
        """What is paid for on a page."""
        session = _one(self._records.sessions, asked.id, "checkout.session")
        data = [shown.item(item, session.currency, session.at) for item in session.items]
        return shown.listed(data, f"/v1/checkout/sessions/{session.id}/line_items", more=False)

    def want_payment(self, asked: Asked) -> dict[str, Any]:
        """A payment without a page; with confirm it is tried at once, by one of the test methods' names."""
        given = asked.content
        _amount(given["amount"], "amount")
        _metadata(given, "metadata")
        way = METHODS.get(given.get("payment_method", ""))
        if given.get("confirm") and way is None:
            raise Refused(400, "You cannot confirm without a payment method that is known.", param="payment_method")
        intent = Intent(
            id=self._records.new_id("pi_"),
            at=asked.at,
            amount=given["amount"],
            currency=_currency(given["currency"]),
            metadata=given.get("metadata") or {},
            kinds=_kinds(given),
            description=given.get("description"),
            customer=given.get("customer"),
            receipt_email=given.get("receipt_email"),
            fault=asked.fault,
        )
        self._dealings.created(intent, asked.at, asked.key)
        if given.get("confirm") and way is not None:
            self._dealings.confirm(intent, way, asked.at)
            if intent.error is not None:
                raise Refused(402, intent.error.message, kind="card_error", code=intent.error.code)
        return shown.intent(intent)

    def cancel_payment(self, asked: Asked) -> dict[str, Any]:
        """A payment is wanted no more."""
        intent = _one(self._records.intents, asked.id, "payment_intent")
        if intent.status not in PENDING - {"processing"}:
            message = f"You cannot cancel this PaymentIntent because it has a status of {intent.status}."
            raise Refused(400, message, code="payment_intent_unexpected_state")
        self._dealings.cancel(intent, asked.content.get("cancellation_reason") or "requested_by_customer", asked.at)
        return shown.intent(intent)

    def give_back(self, asked: Asked) -> dict[str, Any]:
        """Give money back."""
        given = asked.content
        charge = self._charge(given)
        left = charge.intent.amount - charge.refunded
        amount = given.get("amount", left)
        if charge.status != "succeeded" or charge.dispute is not None:
            code = "charge_disputed" if charge.dispute is not None else None
            raise Refused(400, f"Charge {charge.id} cannot be refunded.", code=code)
        if not 0 < amount <= left:
            code = "charge_already_refunded" if left == 0 else None
            raise Refused(400, f"Refund amount must be at least 1 and at most {left}.", code=code, param="amount")
        _metadata(given, "metadata")
        refund = self._dealings.refund(charge, amount, given.get("reason"), given.get("metadata") or {}, asked.at)
        return shown.refund(refund)

    def happenings(self, asked: Asked) -> dict[str, Any]:
        """What happened, the newest first."""
        wanted = asked.content.get("types") or [asked.content.get("type") or "*"]
        found = {
            id_of: event
            for id_of, event in self._records.events.items()
            if any(w in ("*", event.type) or (w.endswith(".*") and event.type.startswith(w[:-1])) for w in wanted)
        }
        return _page(asked, "/v1/events", found, shown.event, ())

    def know_customer(self, asked: Asked) -> dict[str, Any]:
        """Somebody who pays is known from now on."""
        _metadata(asked.content, "metadata")
        customer = Customer(self._records.new_id("cus_"), asked.at, asked.content)
        self._records.customers[customer.id] = customer
        told = shown.customer(customer)
        self._events.tell("customer.created", "customer", told, asked.at, asked.fault, asked.key)
        return told

    def tell_there(self, asked: Asked) -> dict[str, Any]:
        """Events are posted to an address from now on."""
        given, new_id = asked.content, self._records.new_id
        if given.get("api_version", shown.VERSION) != shown.VERSION:
            raise Refused(400, f"The simulator speaks {shown.VERSION} only.", param="api_version")
        endpoint = Endpoint(
            id=new_id("we_"),
            at=asked.at,
            url=given["url"],
            secret=new_id("whsec_"),
            enabled=given["enabled_events"],
            description=given.get("description") or None,
            metadata=given.get("metadata") or {},
        )
        self._records.endpoints[endpoint.id] = endpoint
        return shown.endpoint(endpoint, secret=True)

    def _session(self, session: Session) -> dict[str, Any]:
        return shown.session(session, self._base())

    def _items(self, given: Sequence[Mapping[str, Any]]) -> tuple[list[Item], str]:
        """The lines of a page; prices are named in the request, as the simulator keeps no products."""
        found, currencies = [], set()
        for n, line in enumerate(given):
            data, where = line.get("price_data") or {}, f"line_items[{n}]"
            if "product_data" not in data or "unit_amount" not in data:
                raise Refused(400, f"{where} needs price_data with unit_amount and product_data.", param=where)
            currencies.add(_currency(data["currency"]))
            name, amount, quantity = data["product_data"]["name"], data["unit_amount"], line.get("quantity", 0)
            if amount < 0 or quantity < 1:
                raise Refused(400, f"Invalid {where}: amount and quantity must be positive.", param=where)
            found.append(Item(self._records.new_id("li_"), name, amount, quantity))
        if len(currencies) != 1:
            raise Refused(400, "line_items are missing, or of several currencies.", param="line_items")
        return found, currencies.pop()

    def _charge(self, given: Mapping[str, Any]) -> Charge:
        if given.get("charge"):
            named: Charge = _one(self._records.charges, given["charge"], "charge")
            return named
        intent: Intent = _one(self._records.intents, given.get("payment_intent", ""), "payment_intent")
        if not intent.charges:
            raise Refused(400, f"PaymentIntent {intent.id} has no charge to refund.", param="payment_intent")
        return intent.charges[-1]


def _one(records: Mapping[str, Any], id_of: str, name: str) -> Any:
    found = records.get(id_of)
    if found is None:
        raise Refused(404, f"No such {name}: '{id_of[:60]}'", code="resource_missing", param=name)
    return found


def _page(
    asked: Asked, url: str, records: Mapping[str, Any], show: Callable[[Any], dict[str, Any]], filters: Sequence[str]
) -> dict[str, Any]:
    """Objects, the newest first, from one on; filters are compared with what is shown."""
    given = asked.content
    limit = given.get("limit", 10)
    if not 1 <= limit <= 100:
        raise Refused(400, "Invalid limit: it must be from 1 to 100.", param="limit")
    wanted = {name: given[name] for name in filters if name in given}
    data = [show(thing) for thing in reversed(list(records.values()))]
    data = [thing for thing in data if wanted.items() <= thing.items() and _within(thing, given.get("created"))]
    for name in ("starting_after", "ending_before"):
        if name in given:
            place = next((n for n, thing in enumerate(data) if thing["id"] == given[name]), None)
            if place is None:
                raise Refused(404, f"No such object: '{given[name][:60]}'", code="resource_missing", param=name)
            data = data[place + 1 :] if name == "starting_after" else data[max(0, place - limit) : place]
    return shown.listed(data[:limit], url, more=len(data) > limit)


def _within(thing: Mapping[str, Any], wanted: Any) -> bool:
    if not isinstance(wanted, dict):
        return wanted in (None, thing["created"])
    least = max(wanted.get("gte", 0), wanted.get("gt", -1) + 1)
    most = min(wanted.get("lte", thing["created"]), wanted.get("lt", thing["created"] + 1) - 1)
    return bool(least <= thing["created"] <= most)


def _kinds(given: Mapping[str, Any]) -> list[str]:
    kinds: list[str] = given.get("payment_method_types") or KINDS
    if not set(kinds) <= set(KINDS):
        raise Refused(400, f"The simulator knows {' and '.join(KINDS)} only.", param="payment_method_types")
    return kinds


def _until(given: Mapping[str, Any], now: datetime) -> datetime:
    if "expires_at" not in given:
        return now + LATEST
    try:
        found = datetime.fromtimestamp(given["expires_at"], UTC)
    except (ValueError, OverflowError, OSError):
        raise Refused(400, "Invalid timestamp.", param="expires_at") from None
    second = timedelta(seconds=1)
    if not now + SOONEST - second <= found <= now + LATEST + second:
        message = "The `expires_at` timestamp must be between 30 minutes and 24 hours from Checkout Session creation."
        raise Refused(400, message, param="expires_at")
    return found


def _currency(given: str) -> str:
    if given.lower() != "usd":
        raise Refused(400, f"Invalid currency: {given[:10]}. The simulator knows usd only.", param="currency")
    return "usd"


def _amount(cents: int, param: str) -> None:
    if cents < LEAST:
        raise Refused(400, "The amount must be at least 50 cents.", code="amount_too_small", param=param)
    if cents > MOST:
        raise Refused(400, "The amount must be no more than $999,999.99.", code="amount_too_large", param=param)


def _metadata(given: Mapping[str, Any], param: str) -> None:
    found = given.get("metadata") or {}
    if len(found) > MOST_METADATA:
        raise Refused(400, f"You can have at most {MOST_METADATA} keys of metadata.", param=param)
    for name, value in found.items():
        if len(name) > LONGEST_NAME or len(value) > LONGEST_VALUE:
            message = f"Metadata names have at most {LONGEST_NAME} characters and values {LONGEST_VALUE}."
            raise Refused(400, message, param=f"{param}[{name[:LONGEST_NAME]}]")
