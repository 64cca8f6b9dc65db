"""What templates are filled with: names, accounts and amounts, as a consumer reads them."""

from collections.abc import Sequence
from datetime import date
from zoneinfo import ZoneInfo

from msgspec import Struct

from contracts.calendar import validation_ends
from contracts.catalogue import Wording
from services.orchestrator.core.codes import DAY, instant
from services.orchestrator.core.hours import plausible
from services.orchestrator.core.money import date_of
from services.orchestrator.core.promises import next_open
from services.orchestrator.core.state import Account, Consumer

LANGUAGES = ("en", "es")
"""Languages that we write; anybody else is written to in the first."""

_ALWAYS = frozenset({"first_name", "creditor", "account_last4", "balance"})
_PLAN = frozenset({"due_on", "instalment", "instalments_left"})
_PAYMENT = frozenset({"paid_amount", "paid_on"})
_NOTICE = frozenset(
    {"original_creditor", "itemized_on", "itemized_amount", "interest_since", "fees_since", "credited_since"}
    | {"total_now", "respond_by"}
)
OFFER = frozenset({"offer", "offer_until"})
"""What only a step that makes an offer can give."""
PARAMETERS = _ALWAYS | _PLAN | _PAYMENT | _NOTICE | {"full_name"}
"""All that templates can be given from the record, where it has it."""

MOST_CHARACTERS = 80
"""The longest value that a channel puts into a text."""

_AND = {"en": "and", "es": "y"}
_OTHERS = {"en": "others", "es": "más"}


def language_of(state: Consumer) -> str:
    """The language to write in."""
    language = state.language[:2].lower()
    return language if language in LANGUAGES else LANGUAGES[0]


class Offer(Struct, frozen=True):
    """So many percent of what is owed settle it, for so many days."""

    percent: int
    days: int


def parameters(
    state: Consumer,
    accounts: Sequence[Account],
    wording: Wording | None = None,
    now: int = 0,
    sent_by: int = 0,
    offer: Offer | None = None,
) -> dict[str, str]:
    """What a template needs to know of a consumer and the accounts that the contact is about, and no more than that.

    What need not be given and is nothing is left out: of an account that is paid, the balance.
    """
    language = language_of(state)
    given = {
        "first_name": state.first_name[:MOST_CHARACTERS],
        "full_name": f"{state.first_name} {state.last_name}".strip()[:MOST_CHARACTERS],
        "creditor": listed([a.creditor for a in accounts], language),
        "account_last4": listed([a.last4 for a in accounts], language),
        "balance": _sums(accounts, 100, language),
    }
    if wording is None:
        return {name: given[name] for name in _ALWAYS}
    wanted = (*wording.needs, *wording.takes)
    if not _PLAN.isdisjoint(wanted):
        given |= _of_plan(state)
    if not _PAYMENT.isdisjoint(wanted):
        given |= _of_payment(state)
    if not _NOTICE.isdisjoint(wanted) and len(accounts) == 1:
        given |= _of_notice(state, accounts[0], sent_by or now)
    if offer is not None and not OFFER.isdisjoint(wanted):
        given |= {"offer": _sums(accounts, offer.percent, language), "offer_until": _day(state, now + offer.days * DAY)}
    if "balance" in wording.takes and not any(a.owed for a in accounts):
        del given["balance"]
    return {name: given[name] for name in wanted if name in given}


def _of_notice(state: Consumer, account: Account, sent_by: int) -> dict[str, str]:
    """What a validation notice says of one debt, if it adds up; the period as it ends when sent as late as can be."""
    if account.itemized is None:
        return {}
    on, amount, interest, fees = account.itemized
    credited = amount + interest + fees - account.owed
    if credited < 0:
        return {}
    currency = account.currency
    sent_on = date.fromisoformat(_day(state, sent_by)).toordinal()
    return {
        "original_creditor": (account.original or account.creditor)[:MOST_CHARACTERS],
        "itemized_on": date_of(on).isoformat(),
        "itemized_amount": money(amount, currency),
        "interest_since": money(interest, currency),
        "fees_since": money(fees, currency),
        "credited_since": money(credited, currency),
        "total_now": money(account.owed, currency),
        "respond_by": date.fromordinal(validation_ends(sent_on, "mail")).isoformat(),
    }


def _sums(accounts: Sequence[Account], percent: int, language: str) -> str:
    """So much of what is owed, by currency."""
    owed: dict[str, int] = {}
    for account in accounts:
        owed[account.currency] = owed.get(account.currency, 0) + account.owed
    return listed([money(amount * percent // 100, currency) for currency, amount in owed.items()], language)


def _of_plan(state: Consumer) -> dict[str, str]:
    found = next_open(state)
    if found is None:
        return {}
    arrangement, instalment = found
    return {
        "due_on": date_of(instalment.due_on).isoformat(),
        "instalment": money(instalment.amount, arrangement.currency),
        "instalments_left": str(len(arrangement.instalments) - arrangement.met),
    }


def _of_payment(state: Consumer) -> dict[str, str]:
    made = [(p.at, p.amount, a.currency) for a in state.accounts for p in a.payments if not p.back]
    if not made:
        return {}
    at, amount, currency = max(made)
    return {"paid_amount": money(amount, currency), "paid_on": _day(state, at)}


def _day(state: Consumer, at: int) -> str:
    """The date at an instant, where the consumer most likely is."""
    return instant(at).astimezone(ZoneInfo(plausible(state.zones)[0])).date().isoformat()


def money(amount: int, currency: str) -> str:
    """An amount in hundredths, as people write it."""
    figure = f"{amount // 100:,}.{amount % 100:02}"
    return f"${figure}" if currency == "USD" else f"{figure} {currency}"


def listed(words: Sequence[str], language: str) -> str:
    """Words in a row, each once; where that is too long for a text, the first of them and how many more there are."""
    distinct = list(dict.fromkeys(words))
    *first, last = distinct or [""]
    whole = f"{', '.join(first)} {_AND[language]} {last}" if first else last
    if len(whole) <= MOST_CHARACTERS:
        return whole
    more = f" {_AND[language]} {len(first)} {_OTHERS[language]}" if first else ""
    return distinct[0][: MOST_CHARACTERS - len(more)] + more
