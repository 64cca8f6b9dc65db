"""What can be wrong with a row: codes that never change their meaning, and sentences without personal data."""

from msgspec import Struct


class Fault(Struct, frozen=True):
    """One thing that is wrong with a row."""

    code: str
    explanation: str


CODES: dict[str, str] = {
    "R_BATCH": "The id of the batch or of the client cannot be an id.",
    "R_ROW_NUMBER": "Another row of the batch has the same number.",
    "R_CELL_COUNT": "The row has more or fewer cells than the header has columns.",
    "R_UNKNOWN_COLUMN": "The row has a column that neither we nor the client's mapping know.",
    "R_NOT_TEXT": "A value is a list or an object where text, a number or true and false can be.",
    "R_CONTROL_CHARACTER": "A value has characters that are not text.",
    "R_TOO_LONG": "A value is longer than 500 characters.",
    "R_REQUIRED": "A required value is missing.",
    "R_ACCOUNT_NUMBER": "The account number is longer than 64 characters or has characters that none has.",
    "R_SEQUENCE": "The placement sequence is not a whole number from 1 to 999.",
    "R_DEBT_TYPE": "The type of debt is none that we know.",
    "R_CURRENCY": "The currency is not USD.",
    "R_MONEY": "An amount is not dollars and cents.",
    "R_MONEY_NEGATIVE": "An amount is negative.",
    "R_MONEY_ABSURD": "An amount is over 10,000,000 dollars.",
    "R_BALANCE_ZERO": "The balance is zero: there is nothing to collect.",
    "R_ITEMIZATION_SUM": "Amount at the itemization date + interest + fees - payments - credits is not the balance.",
    "R_ITEMIZATION_BASIS": "The itemization basis is none of the five that the law knows.",
    "R_DATE": "A date cannot be read, or there is no such day.",
    "R_DATE_FUTURE": "A date lies in the future.",
    "R_DATE_ANCIENT": "A date, not of birth, lies before 1950.",
    "R_BIRTH_MINOR": "By the date of birth the consumer is under 18.",
    "R_BIRTH_AGE": "By the date of birth the consumer is 130 years old or older.",
    "R_NAME": "A name has no letter, or has a digit.",
    "R_SSN": "The social security number is not nine digits, or is a placeholder such as 999999999.",
    "R_LANGUAGE": "The language is not a code of two letters.",
    "R_COUNTRY": "The country is not US.",
    "R_STATE": "The state is no code of a state, territory or military region.",
    "R_ZIP": "The ZIP code is not 12345 or 12345-6789.",
    "R_ZIP_STATE": "The ZIP code lies neither in the state nor in one that borders on it.",
    "R_PHONE": "A telephone number is no valid number of the United States, or has an extension.",
    "R_PHONE_TYPE": "The type of a telephone number is none that we know.",
    "R_CONSENT_TO": "To whom consent was given is neither us nor client.",
    "R_CONSENT": "To whom or when is said of a consent that is not on record, or a consent to us has no date.",
    "R_EMAIL": "An e-mail address cannot be one.",
    "R_FLAG": "A flag is neither true nor false nor empty.",
}
"""Every reject code, most important first."""

RANK = {code: rank for rank, code in enumerate(CODES)}


def ranked(faults: list[Fault]) -> tuple[Fault, ...]:
    """Most important first; those of one code as they were found, and none twice."""
    return tuple(sorted(dict.fromkeys(faults), key=lambda f: RANK[f.code]))
