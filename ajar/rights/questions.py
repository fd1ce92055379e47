"""A question in plain words as a plan: "commercial product, 2 million users, Germany, fine-tune and sell".

Words that are not understood are given back, so that nobody takes silence about them for an answer.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files

from ajar.model.terms import Plan
from ajar.rights.amounts import amounts_in
from ajar.rights.places import places
from ajar.rights.sentences import lower

# A question is a line, not a document.
LIMIT_CHARS = 2_000
_PHRASE_WORDS = 6
_TOKEN = re.compile(r"[^\s,;:()\"?!]+")
_USERS = re.compile(r"(?:[\w-]{1,20} ){0,2}(?:users|maus?|people|visitors|visits|customers|downloads)\b")
_MONEY = re.compile(r"(?:[\w-]{1,20} ){0,2}(?:revenue|turnover|arr|mrr|income|sales)\b")
_NOT_IN = re.compile(
    r"\b(?:no|not in|not|outside|outside of|excluding|except|without|except in|nobody in)(?: the)? $"
)
_TRAILING = re.compile(r"(?:users|customers|people|sales|business|residents|citizens)\b")
_ISO = re.compile(r"[A-Z]{2,3}")
_ALSO = {"UK": "GB", "USA": "US"}
# Codes that are English words or usual abbreviations: the country has to be named.
_AMBIGUOUS = frozenset({"IT", "IN", "NO", "IS", "BE", "ID", "CO", "AR", "PK"})
# Rough rates to the US dollar, good to a tenth: they decide only on which side of a limit a revenue lies.
_DOLLARS = {"": 1.0, "usd": 1.0, "eur": 1.1, "gbp": 1.3, "cny": 0.14}


@dataclass(slots=True)
class _Draft:
    acts: list[str] = field(default_factory=list)
    fields: list[str] = field(default_factory=list)
    territories: list[str] = field(default_factory=list)
    not_in: list[str] = field(default_factory=list)
    commercial: bool | None = None
    users: int | None = None
    revenue: int | None = None


def plan_of(question: str) -> Plan:
    """Read a question. Everything that was not understood is in `unread`."""
    asked = question[:LIMIT_CHARS]
    low = lower(asked)
    draft = _Draft()
    taken = [False] * len(low)
    _take_amounts(low, taken, draft)
    _take_places(asked, low, taken, draft)
    unread = _take_phrases(low, taken, draft)
    if draft.commercial is None and ("sell" in draft.acts or draft.revenue):
        draft.commercial = True
    return Plan(
        acts=tuple(dict.fromkeys(draft.acts)),
        is_commercial=draft.commercial,
        users=draft.users,
        revenue_usd=draft.revenue,
        territories=tuple(dict.fromkeys(draft.territories)),
        field=tuple(dict.fromkeys(draft.fields)),
        not_in=tuple(dict.fromkeys(draft.not_in)),
        unread=tuple(unread),
    )


def _take_amounts(low: str, taken: list[bool], draft: _Draft) -> None:
    for amount in amounts_in(low):
        after = low[amount.end : amount.end + 40].lstrip()
        shift = amount.end + len(low[amount.end : amount.end + 40]) - len(after)
        users, money = _USERS.match(after), _MONEY.match(after)
        if users and not amount.currency:
            draft.users = max(draft.users or 0, round(amount.number))
            _mark(taken, amount.start, shift + users.end())
        elif money or amount.currency:
            words = after[: money.end()] if money else after[:16]
            monthly = bool(re.search(r"month|mrr", words + after[:24]))
            dollars = amount.number * _DOLLARS.get(amount.currency, 1.0) * (12 if monthly else 1)
            draft.revenue = max(draft.revenue or 0, round(dollars))
            start = max(amount.start - 4, 0) if amount.currency else amount.start
            start = amount.start - len(re.search(r"[$€£¥us ]*$", low[start : amount.start])[0])  # type: ignore[index]
            _mark(taken, start, shift + (money.end() if money else 0))


def _take_places(asked: str, low: str, taken: list[bool], draft: _Draft) -> None:
    known = places()
    for found in known.pattern.finditer(low):
        written = asked[found.start() : found.end()]
        if any(taken[found.start() : found.end()]) or (
            found[0] in {"us", "states"} and not written.isupper()
        ):
            continue
        start = found.start()
        away = _NOT_IN.search(low[max(start - 24, 0) : start])
        if away:
            start -= len(away[0])
        (draft.not_in if away else draft.territories).append(known.codes[found[0]])
        following = _TRAILING.match(low[found.end() :].lstrip())
        end = found.end() + (
            len(low[found.end() :]) - len(low[found.end() :].lstrip()) + following.end() if following else 0
        )
        _mark(taken, start, end)
    for word in _TOKEN.finditer(asked):
        code = word[0]
        if not any(taken[word.start() : word.end()]) and _ISO.fullmatch(code) and _is_country(code):
            away = _NOT_IN.search(low[max(word.start() - 24, 0) : word.start()])
            (draft.not_in if away else draft.territories).append(_ALSO.get(code, code))
            _mark(taken, word.start() - (len(away[0]) if away else 0), word.end())


def _is_country(code: str) -> bool:
    return code in _ALSO or (code not in _AMBIGUOUS and code in set(places().codes.values()))


def _take_phrases(low: str, taken: list[bool], draft: _Draft) -> list[str]:
    tokens = [found for found in _TOKEN.finditer(low) if not any(taken[found.start() : found.end()])]
    phrases = _phrases()
    unread: list[str] = []
    at = 0
    while at < len(tokens):
        for length in range(min(_PHRASE_WORDS, len(tokens) - at), 0, -1):
            words = low[tokens[at].start() : tokens[at + length - 1].end()]
            tells = phrases.get(" ".join(words.split()).strip(".'"))
            if tells is not None:
                for kind, value in tells:
                    _tell(draft, kind, value)
                at += length
                break
        else:
            word = tokens[at][0].strip(".'")
            if word:
                unread.append(word)
            at += 1
    return unread


def _tell(draft: _Draft, kind: str, value: str) -> None:
    if kind == "acts":
        draft.acts.append(value)
    elif kind == "field":
        draft.fields.append(value)
    elif kind == "commercial":
        # Somebody who says both means the stricter question.
        draft.commercial = value == "yes" or bool(draft.commercial)


def _mark(taken: list[bool], start: int, end: int) -> None:
    for at in range(max(start, 0), min(end, len(taken))):
        taken[at] = True


@cache
def _phrases() -> Mapping[str, tuple[tuple[str, str], ...]]:
    data = tomllib.loads((files("ajar.rights") / "data" / "plan_words.toml").read_text("utf-8"))
    found: dict[str, tuple[tuple[str, str], ...]] = dict.fromkeys(data["filler"]["words"], ())
    for kind in ("acts", "commercial", "field"):
        for value, words in data[kind].items():
            for word in words:
                found[word] = (*found.get(word, ()), (kind, value))
    return found
