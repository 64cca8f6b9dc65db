"""Objects as Stripe answers them, in its version of 2023-08-16."""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any

from counterpoint.providers.stripe.records import (
    Charge,
    Customer,
    Dispute,
    Endpoint,
    Happening,
    Intent,
    Item,
    Refund,
    Session,
)
from counterpoint.providers.stripe.ways import CARD, ROUTING, Refusal

VERSION = "2023-08-16"


def stamp(at: datetime) -> int:
    """An instant as Stripe writes it."""
    return int(at.timestamp())


def session(s: Session, base: str) -> dict[str, Any]:
    """A Checkout Session; its address is there while it can be paid."""
    return {
        "id": s.id,
        "object": "checkout.session",
        "amount_subtotal": s.total,
        "amount_total": s.total,
        "automatic_tax": {"enabled": False, "status": None},
        "cancel_url": s.cancel_url,
        "client_reference_id": s.reference,
        "created": stamp(s.at),
        "currency": s.currency,
        "custom_fields": [],
        "custom_text": {"shipping_address": None, "submit": None},
        "customer": s.customer,
        "customer_creation": "if_required",
        "customer_details": None
        if s.paid_by is None
        else {
            "address": None,
            "email": s.paid_by.get("email"),
            "name": s.paid_by.get("name"),
            "phone": None,
            "tax_exempt": "none",
            "tax_ids": [],
        },
        "customer_email": s.customer_email,
        "expires_at": stamp(s.expires_at),
        "livemode": False,
        "locale": s.locale,
        "metadata": s.metadata,
        "mode": "payment",
        # Stripe names the payment only once somebody begins to pay.
        "payment_intent": None if s.intent is None else s.intent.id,
        "payment_method_types": s.kinds,
        "payment_status": s.payment_status,
        "shipping_options": [],
        "status": s.status,
        "success_url": s.success_url,
        "total_details": {"amount_discount": 0, "amount_shipping": 0, "amount_tax": 0},
        "url": f"{base}/c/pay/{s.id}" if s.status == "open" else None,
    }


def item(i: Item, currency: str, at: datetime) -> dict[str, Any]:
    """A line of a session."""
    total = i.unit_amount * i.quantity
    return {
        "id": i.id,
        "object": "item",
        "amount_discount": 0,
        "amount_subtotal": total,
        "amount_tax": 0,
        "amount_total": total,
        "currency": currency,
        "description": i.name,
        "quantity": i.quantity,
        "price": {
            "id": i.id.replace("li_", "price_"),
            "object": "price",
            "active": False,
            "billing_scheme": "per_unit",
            "created": stamp(at),
            "currency": currency,
            "livemode": False,
            "metadata": {},
            "product": i.id.replace("li_", "prod_"),
            "type": "one_time",
            "unit_amount": i.unit_amount,
            "unit_amount_decimal": str(i.unit_amount),
        },
    }


def intent(i: Intent) -> dict[str, Any]:
    """A payment."""
    last = i.charges[-1] if i.charges else None
    return {
        "id": i.id,
        "object": "payment_intent",
        "amount": i.amount,
        "amount_capturable": 0,
        "amount_received": i.amount if i.status == "succeeded" else 0,
        "canceled_at": None if i.canceled_at is None else stamp(i.canceled_at),
        "cancellation_reason": i.cancellation_reason,
        "capture_method": "automatic",
        "client_secret": f"{i.id}_secret_simulated",
        "confirmation_method": "automatic",
        "created": stamp(i.at),
        "currency": i.currency,
        "customer": i.customer,
        "description": i.description,
        "last_payment_error": None if i.error is None else _error(i.error, last),
        "latest_charge": None if last is None else last.id,
        "livemode": False,
        "metadata": i.metadata,
        "payment_method": None if last is None or i.error is not None else f"pm_{last.id.removeprefix('ch_')}",
        "payment_method_types": i.kinds,
        "receipt_email": i.receipt_email,
        "status": i.status,
    }


def charge(c: Charge) -> dict[str, Any]:
    """One try of a payment."""
    refused = c.way.refusal if c.status == "failed" else None
    return {
        "id": c.id,
        "object": "charge",
        "amount": c.intent.amount,
        "amount_captured": c.intent.amount if c.status == "succeeded" else 0,
        "amount_refunded": c.refunded,
        "billing_details": {"address": None, "email": None, "name": None, "phone": None},
        "captured": c.status == "succeeded",
        "created": stamp(c.at),
        "currency": c.intent.currency,
        "customer": c.intent.customer,
        "description": c.intent.description,
        "disputed": c.dispute is not None,
        "failure_code": None if refused is None else refused.code,
        "failure_message": None if refused is None else refused.message,
        "livemode": False,
        "metadata": c.metadata,
        "outcome": {
            "network_status": "approved_by_network" if refused is None else "declined_by_network",
            "reason": None if refused is None else refused.decline_code or refused.code,
            "risk_level": "normal",
            "seller_message": None,
            "type": "authorized" if refused is None else "issuer_declined",
        },
        "paid": c.status == "succeeded",
        "payment_intent": c.intent.id,
        "payment_method": f"pm_{c.id.removeprefix('ch_')}",
        "payment_method_details": _details(c),
        "refunded": c.refunded == c.intent.amount,
        "status": c.status,
    }


def refund(r: Refund) -> dict[str, Any]:
    """Money given back."""
    return {
        "id": r.id,
        "object": "refund",
        "amount": r.amount,
        "charge": r.charge.id,
        "created": stamp(r.at),
        "currency": r.charge.intent.currency,
        "metadata": r.metadata,
        "payment_intent": r.charge.intent.id,
        "reason": r.reason,
        "status": "succeeded",
    }


def dispute(d: Dispute) -> dict[str, Any]:
    """Money claimed back."""
    return {
        "id": d.id,
        "object": "dispute",
        "amount": d.charge.intent.amount,
        "balance_transactions": [],
        "charge": d.charge.id,
        "created": stamp(d.at),
        "currency": d.charge.intent.currency,
        "evidence": {},
        "evidence_details": {
            "due_by": stamp(d.at + timedelta(days=14)),
            "has_evidence": False,
            "past_due": False,
            "submission_count": 0,
        },
        "is_charge_refundable": False,
        "livemode": False,
        "metadata": {},
        "payment_intent": d.charge.intent.id,
        "reason": d.reason,
        "status": d.status,
    }


def customer(c: Customer) -> dict[str, Any]:
    """Somebody who pays."""
    return {
        "id": c.id,
        "object": "customer",
        "address": None,
        "balance": 0,
        "created": stamp(c.at),
        "default_source": None,
        "description": c.given.get("description"),
        "email": c.given.get("email"),
        "livemode": False,
        "metadata": c.given.get("metadata") or {},
        "name": c.given.get("name"),
        "phone": c.given.get("phone"),
        "preferred_locales": c.given.get("preferred_locales") or [],
        "shipping": None,
    }


def endpoint(e: Endpoint, *, secret: bool) -> dict[str, Any]:
    """Where events go; the secret is told once, to who made it."""
    return {
        "id": e.id,
        "object": "webhook_endpoint",
        "api_version": VERSION,
        "application": None,
        "created": stamp(e.at),
        "description": e.description,
        "enabled_events": e.enabled,
        "livemode": False,
        "metadata": e.metadata,
        "status": "enabled",
        "url": e.url,
    } | ({"secret": e.secret} if secret else {})


def event(h: Happening) -> dict[str, Any]:
    """What happened."""
    return {
        "id": h.id,
        "object": "event",
        "api_version": VERSION,
        "created": stamp(h.at),
        "data": {"object": h.object},
        "livemode": False,
        "pending_webhooks": h.waiting,
        "request": {"id": h.request_id, "idempotency_key": h.key},
        "type": h.type,
    }


def listed(data: Iterable[Mapping[str, Any]], url: str, *, more: bool) -> dict[str, Any]:
    """Several objects."""
    return {"object": "list", "data": list(data), "has_more": more, "url": url}


def _error(refused: Refusal, last: Charge | None) -> dict[str, Any]:
    return {
        "type": "card_error",
        "code": refused.code,
        "message": refused.message,
        "payment_method_type": "card" if last is None else last.way.kind,
    } | {
        name: value
        for name, value in (("decline_code", refused.decline_code), ("charge", None if last is None else last.id))
        if value is not None
    }


def _details(c: Charge) -> dict[str, Any]:
    if c.way.kind == CARD:
        return {
            "type": CARD,
            CARD: {
                "brand": c.way.brand,
                "country": "US",
                "exp_month": 12,
                "exp_year": c.at.year + 2,
                "funding": "credit",
                "last4": c.way.last4,
            },
        }
    bank = {"account_holder_type": "individual", "account_type": "checking", "bank_name": "STRIPE TEST BANK"}
    return {"type": c.way.kind, c.way.kind: bank | {"last4": c.way.last4, "routing_number": ROUTING}}
