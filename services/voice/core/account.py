"""What may be told of a consumer's debts, in the words that templates are filled with."""

from collections.abc import Mapping, Sequence
from decimal import Decimal

from contracts.events import ArrangementState, ConsumerProfileChanged, ProfileAccount

_AND = {"en": " and ", "es": " y "}


def spoken(profile: ConsumerProfileChanged) -> Mapping[str, str]:
    """The values of a profile; without a balance where nothing is owed, without a date where there is no plan."""
    owing = [a for a in profile.accounts if a.owed > 0]
    if not owing:
        return {}
    language = "es" if profile.language.lower().startswith("es") else "en"
    told = {
        "creditor": _listed([a.current_creditor for a in owing], language),
        "account_last4": _listed([a.account_last4 for a in owing], language),
        "balance": " + ".join(_sums(owing))
        if len({a.currency for a in owing}) == 1
        else _listed(_sums(owing), language),
    }
    for arrangement in profile.arrangements:
        unmet = arrangement.instalments[arrangement.met :]
        if arrangement.state is ArrangementState.OPEN and unmet:
            told["due_on"] = unmet[0].due_on.isoformat()
            told["instalment"] = money(unmet[0].amount, owing[0].currency)
    return told


def _sums(accounts: Sequence[ProfileAccount]) -> list[str]:
    currencies = list(dict.fromkeys(a.currency for a in accounts))
    return [money(sum((a.owed for a in accounts if a.currency == c), Decimal(0)), c) for c in currencies]


def money(amount: Decimal, currency: str) -> str:
    """An amount as it is said."""
    return f"${amount:,.2f}" if currency == "USD" else f"{amount:,.2f} {currency}"


def _listed(words: Sequence[str], language: str) -> str:
    distinct = list(dict.fromkeys(words))
    return distinct[0] if len(distinct) == 1 else ", ".join(distinct[:-1]) + _AND[language] + distinct[-1]
