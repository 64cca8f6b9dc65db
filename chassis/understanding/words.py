"""A message as rules read it: lower case, without accents, quotes or punctuation."""

import re
import unicodedata

MOST = 2000
"""Characters that are read: nobody says stop only after them."""

_QUOTES = re.compile(r"['’‘`´]")
_NUMBER = re.compile(r"#")
_SIGNS = re.compile("[\N{OCTAGONAL SIGN}\N{NO ENTRY}\N{NO ENTRY SIGN}\N{RAISED HAND}]+")
_NOT_WORDS = re.compile(r"[^a-z0-9]+")
_ZERO = re.compile(r"(?<=[a-z])0(?=[a-z])")


def plain(text: str) -> str:
    """The words of a text, by single spaces; a zero within a word is an o, and a sign to stop says so."""
    lower = _NUMBER.sub(" number ", _SIGNS.sub(" stop ", _QUOTES.sub("", text[:MOST].lower())))
    bare = "".join(c for c in unicodedata.normalize("NFKD", lower) if not unicodedata.combining(c))
    return _NOT_WORDS.sub(" ", _ZERO.sub("o", bare)).strip()
