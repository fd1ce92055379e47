"""Amounts in running text: "700 million monthly active users", "US$20 million a year", "ten people"."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

_SMALL = {
    "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9,
    "ten": 10, "eleven": 11, "twelve": 12, "fifteen": 15, "twenty": 20, "thirty": 30, "forty": 40,
    "fifty": 50, "sixty": 60, "seventy": 70, "eighty": 80, "ninety": 90,
}  # fmt: skip
_SCALE = {
    "hundred": 1e2, "thousand": 1e3, "k": 1e3, "million": 1e6, "mn": 1e6, "mio": 1e6, "m": 1e6, "billion": 1e9,
    "bn": 1e9, "b": 1e9, "万": 1e4, "百万": 1e6, "亿": 1e8,
}  # fmt: skip
_CURRENCY = {
    "$": "usd", "us$": "usd", "usd": "usd", "us dollars": "usd",
    "united states dollars": "usd", "u.s. dollars": "usd", "dollars": "usd",
    "dollar": "usd", "€": "eur", "eur": "eur", "euro": "eur", "euros": "eur", "£": "gbp", "gbp": "gbp",
    "pounds": "gbp", "rmb": "cny", "cny": "cny", "yuan": "cny", "¥": "cny", "元": "cny",
}  # fmt: skip
_WORDS = "|".join(sorted((*_SMALL, "hundred"), key=len, reverse=True))
_NUMBER = re.compile(
    r"(?P<before>us ?\$|usd|rmb|cny|eur|gbp|[$€£¥])? ?"
    rf"(?P<number>\d{{1,3}}(?:,\d{{3}}){{1,4}}|\d{{1,15}}(?:\.\d{{1,6}})?|\b(?:{_WORDS})(?:[ -](?:{_WORDS}|and)){{0,5}}\b)"
    r" ?(?P<scale>(?:thousand|million|billion|bn|mn|mio|[kmb])\b|百万|万|亿)?"
    r"(?: ?\(\d[\d,]{0,15}\))? ?(?P<after>us dollars|united states dollars|u\.s\. dollars|dollars?|usd|euros?|eur|rmb|yuan|gbp|pounds|[€£元])?"
)


@dataclass(frozen=True, slots=True)
class Amount:
    """A number with its currency, if any, and its span."""

    number: float
    currency: str
    start: int
    end: int


def amounts_in(low: str) -> Iterator[Amount]:
    """Every amount in lower-case text."""
    for found in _NUMBER.finditer(low):
        digits = found["number"]
        number = float(digits.replace(",", "")) if digits[0].isdigit() else _spelled(digits)
        number *= _SCALE.get(found["scale"] or "", 1)
        money = (found["before"] or found["after"] or "").replace("us $", "us$")
        yield Amount(number, _CURRENCY.get(money, ""), found.start("number"), found.end())


def _spelled(words: str) -> float:
    total = 0.0
    for word in re.split(r"[ -]", words):
        if word == "hundred":
            total = max(total, 1) * 100
        else:
            total += _SMALL.get(word, 0)
    return total
