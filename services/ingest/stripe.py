"""Stripe's API, as far as a page for one payment goes (https://docs.stripe.com/api/checkout/sessions)."""

from datetime import UTC, datetime
from typing import Any

import httpx
from msgspec import Struct

from chassis.answers import json_object
from services.ingest.core.links import Wanted
from services.ingest.core.stripe_events import BANK, DEBT, PAYMENT

VERSION = "2023-08-16"
"""Requests and events are in this version of Stripe's API: set the webhook endpoint at Stripe to it as well."""
SESSIONS = "/v1/checkout/sessions"
PAID_FOR = {"en": "Account payment", "es": "Pago de su cuenta"}


class Opened(Struct, frozen=True):
    """A page is there."""

    session_id: str
    url: str
    expires_at: datetime


class NotOpened(Struct, frozen=True):
    """No page is there, as far as we know: why, and whether the same key would bring the same failure for ever."""

    reason: str
    retry_after: str | None = None
    refused: bool = False
    """Stripe takes no such request: to repeat it is of no use."""
    for_good: bool = False
    """Stripe keeps this answer under the key: the next try needs another. The page of a lost answer harms nobody, as
    nobody has its address."""


class Stripe:
    """One account at Stripe."""

    def __init__(self, *, url: str, key: str, return_url: str, timeout: float) -> None:
        self._return_url = return_url
        self._http = httpx.AsyncClient(
            base_url=url,
            headers={"Authorization": f"Bearer {key}", "Stripe-Version": VERSION},
            timeout=timeout,
            verify=httpx.create_ssl_context(trust_env=False),
            trust_env=False,
        )

    async def close(self) -> None:
        """Let the connections go."""
        await self._http.aclose()

    async def open(self, wanted: Wanted, key: str) -> Opened | NotOpened:
        """Open a page for one payment; with the same key it is the same page. No personal data goes there."""
        asked = wanted.asked
        fields = {
            "mode": "payment",
            "success_url": self._return_url,
            "client_reference_id": asked.payment_id,
            "locale": wanted.language,
            "payment_method_types[0]": "card",
            "payment_method_types[1]": BANK,
            "line_items[0][quantity]": "1",
            "line_items[0][price_data][currency]": asked.currency.lower(),
            "line_items[0][price_data][unit_amount]": str(asked.cents),
            "line_items[0][price_data][product_data][name]": PAID_FOR[wanted.language],
        }
        # Stripe does not copy what a page carries to its payment.
        for prefix in ("metadata", "payment_intent_data[metadata]"):
            fields |= {f"{prefix}[{PAYMENT}]": asked.payment_id, f"{prefix}[{DEBT}]": asked.debt_id}
        try:
            response = await self._http.post(SESSIONS, data=fields, headers={"Idempotency-Key": key})
        except httpx.HTTPError as error:
            return NotOpened(type(error).__name__)
        body = json_object(response)
        if response.status_code == 200:
            return _opened(body)
        return _not_opened(response, body)


def _opened(body: dict[str, Any]) -> Opened | NotOpened:
    session_id, url, expires_at = body.get("id"), body.get("url"), body.get("expires_at")
    if not (isinstance(session_id, str) and isinstance(url, str) and isinstance(expires_at, int)):
        return NotOpened("an answer that is no page")
    return Opened(session_id, url, datetime.fromtimestamp(expires_at, UTC))


def _not_opened(response: httpx.Response, body: dict[str, Any]) -> NotOpened:
    status, problem = response.status_code, body.get("error")
    said = problem if isinstance(problem, dict) else {}
    if status in (401, 403):
        return NotOpened(f"Stripe refuses our key (HTTP {status}): see COUNTERPOINT_INGEST_STRIPE_KEY")
    if status == 429 or status == 409:
        return NotOpened(f"Stripe is busy (HTTP {status})", retry_after=response.headers.get("Retry-After"))
    if status >= 500:
        return NotOpened(f"HTTP {status} at Stripe", for_good="Idempotent-Replayed" in response.headers)
    code = said.get("code") or said.get("param") or said.get("type")
    return NotOpened(f"Stripe takes no such payment (HTTP {status}, {str(code)[:60]})", refused=True)
