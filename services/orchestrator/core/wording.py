"""What templates are filled with: names, accounts and amounts, as a consumer reads them."""

from collections.abc import Sequence

from services.orchestrator.core.state import Account, Consumer

LANGUAGES = ("en", "es")
"""Languages that we write; anybody else is written to in the first."""

PARAMETERS = frozenset({"first_name", "creditor", "account_last4", "balance"})
"""All that templates can be given from the record."""

MOST_CHARACTERS = 80
"""The longest value that a channel puts into a text."""

_AND = {"en": "and", "es": "y"}
_OTHERS = {"en": "others", "es": "más"}


def language_of(state: Consumer) -> str:
    """The language to write in."""
    language = state.language[:2].lower()
    return language if language in LANGUAGES else LANGUAGES[0]


def parameters(state: Consumer, accounts: Sequence[Account]) -> dict[str, str]:
    """What a template needs to know of a consumer and the accounts that the contact is about."""
    language = language_of(state)
    owed: dict[str, int] = {}
    for account in accounts:
        owed[account.currency] = owed.get(account.currency, 0) + account.owed
    return {
        "first_name": state.first_name[:MOST_CHARACTERS],
        "creditor": listed([a.creditor for a in accounts], language),
        "account_last4": listed([a.last4 for a in accounts], language),
        "balance": listed([money(amount, currency) for currency, amount in owed.items()], language),
    }


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
