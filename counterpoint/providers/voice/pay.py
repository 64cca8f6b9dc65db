"""Taking a card on a call, as Twilio and a payment connector do: what our service is told of the end."""

from collections.abc import Mapping
from decimal import Decimal

from counterpoint.providers.voice.callees import BAD_CARD, GOOD_CARD, HANGS_UP, PAYS_OTHERWISE, PAYS_TWICE_TOLD, STOPS

UNKNOWN_CONNECTOR = "Broken"
"""The name of a connector that nobody set up."""
_ENDS = {STOPS: "caller-interrupted-with-star", HANGS_UP: "caller-hung-up"}


def result(asked: Mapping[str, str], keyed: str, confirmation: str) -> Mapping[str, str]:
    """The fields of the result of a `<Pay>` with these attributes, once something was keyed in."""
    if asked.get("paymentConnector") == UNKNOWN_CONNECTOR:
        return {"Result": "payment-connector-error", "PaymentError": "no such connector"}
    if keyed in _ENDS:
        return {"Result": _ENDS[keyed]}
    if keyed not in (GOOD_CARD, BAD_CARD, PAYS_OTHERWISE, PAYS_TWICE_TOLD):
        return {"Result": "too-many-failed-attempts"}
    card = {
        "PaymentMethod": "credit-card",
        "PaymentCardType": "visa",
        "PaymentCardNumber": f"xxxxxxxxxxxx{keyed[-4:] if keyed.isdecimal() else '4242'}",
        "ExpirationDate": "xxxx",
        "SecurityCode": "xxx",
    }
    if keyed == BAD_CARD:
        return {**card, "Result": "payment-connector-error", "PaymentError": "Your card was declined."}
    charged = Decimal(asked["chargeAmount"]) + (1 if keyed == PAYS_OTHERWISE else 0)
    told = {"ChargeAmount": f"{charged:.2f}", "Currency": asked.get("currency", "usd")}
    return {**card, **told, "Result": "success", "PaymentConfirmationCode": confirmation}
