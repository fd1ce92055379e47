"""Sizes and places that a sentence names as limits: users, revenue, visits, team; territories; whose law."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from ajar.rights.amounts import Amount, amounts_in
from ajar.rights.places import named_in, places

_NEAR_CHARS = 90
_USERS = re.compile(
    r"monthly (?:active|unique) users?|\bma?us?\b|\bmuus?\b|active users|monthly users|\buser base\b|\b(?:used by|users|subscribers|customers)\b|月活"
)
_DAILY = re.compile(r"daily (?:active )?users?|daily active user|\bdaus?\b")
_VISITS = re.compile(r"\bvisits\b|\b(?:unique )?visitors\b|访问")
_TEAM = re.compile(r"\b(?:staff|people|persons|employees|individuals|team members|members)\b")
_MONEY = re.compile(
    r"\brevenues?\b|\bturnover\b|\bincome\b|\bfunding\b|\bearn(?:s|ing|ings)?\b|\bsales\b|\bprofits?\b|\bvalu(?:ation|ed)\b|\braised\b|\bcapital\b|\barr\b|\bmarket cap\w*|收入"
)
_REQUESTS = re.compile(
    r"\b(?:requests?|queries|calls|inferences|generations)\b.{0,20}\b(?:per|a|each) (?P<period>day|month)"
)
_MONTHLY = re.compile(r"\bmonth(?:ly)?\b|per month|a month")
_SOME_NUMBER = re.compile(r"\d|hundred|million|billion|thousand|\b(?:two|five|ten|twenty|fifty)\b|万|亿")
_OVER = re.compile(
    r"\b(?:more than|greater than|exceed\w*|over|above|beyond|past|surpass\w*|reach(?:es)?|passes|at least|in excess of|less than|fewer than|under|below|up to|within|not more than|no more than|or (?:less|fewer|more))\b|超过|≤|>"
)
# What the makers say of themselves is no limit.
_OURSELVES = re.compile(r"\W*(?:our|we|the authors?|founded)\b")
_CONCERNS = re.compile(r"\byou\b|\byour\b|licen[cs]e|\bif\b|entit|\bmust\b|\bfree\b")
_DISPLAY = re.compile(r"\b(?:prominently )?display\b")
_ENDS = re.compile(r"\bterminate|\bcease\b|\bend as of")
_ROYALTY = re.compile(r"(?<!no )(?<!-)\broyalt(?:y|ies)\b(?!-?free)")

_PLACES_GATE = re.compile(
    r"does not apply (?:in|to)|do not apply in|exclud(?:ing|es?|ed)|not (?:being )?(?:granted|licensed|available|authori[sz]ed|permitted|offered)\b"
    r"|(?:does|do|shall|will) not extend to|not extended to|no grant of rights|not (?:be )?(?:use|used|access\w*|distribute[d]?|made available|offered|provided|exported|deployed|downloaded)\b|outside (?:of )?(?:the )?|except(?:ing)? (?:for |in )?|other than|exception of|save for|void (?:in|within)|no (?:rights?|licen[cs]e)|not located in|不适用|不包括"
)
_PLACES_REACH = 170
# "Residents of Germany are excluded": the places stand before what is said of them.
_EXCLUDED_AFTER = re.compile(
    r"\b(?:in|within|to) (?:the )?[\w ,]{2,60} (?:is|are) (?:strictly )?(?:prohibited|forbidden|excluded|barred)\b|\b(?:is|are|be)\b[\w ]{0,24}\b(?:excluded|barred|ineligible|not (?:eligible|licen[cs]ed|covered|permitted|allowed|authori[sz]ed|entitled|granted))\b|\b(?:may|shall|must) not\b.{0,30}\b(?:use|access|download|deploy|exercise)\b"
)
_PEOPLE = re.compile(
    r"\b(?:residing|residents?|living|live|located|based|incorporated|domiciled|established|users?|persons?|people|compan(?:y|ies)|entities|anyone|citizens)\b(?: \w+){0,2} (?:in|of|from|within) (?:the |mainland )?"
)
_REFUSED = re.compile(
    r"\b(?:may|must|shall|can|do|does) not\b|\bcannot\b|\b(?:can|don|doesn)'t\b|\bno (?:rights?|licen[cs]e|permission)\b|\bprohibited\b|\bexcluded\b|\bnot (?:permitted|allowed|licen[cs]ed|eligible)\b"
)
_LIMITED_TO = re.compile(
    r"\b(?:only|solely|exclusively)\b(?: for use| to (?:users|persons|entities|residents)| by (?:persons|entities|users|residents))?(?: located| resident| established)? (?:in|within|inside) (?:the |mainland )?(?:territory of (?:the )?)?"
    r"|\b(?:limited|restricted|confined) to (?:the )?(?:territory of (?:the )?|users in (?:the )?|use in (?:the )?)?"
)
_NEGATED = re.compile(r"\bnot\b|\bno\b|unlicensed|prohibit|不得")
_DOMICILE = re.compile(
    r"\b(?:domiciled|principal place of business|located|resident|residing|established|based|headquartered)\b|territory|in the|within"
)
_NOT_A_TERRITORY = re.compile(
    r"\blaws? of\b|\bexport\b|sanction|embargo|\bregulations?\b|\bjurisdiction\b|\bconvention\b|\bcourts?\b|treaty|copyright act|directive"
)
_PARTLY = re.compile(
    r"(?:with respect to|for|as to|regarding) (?:any|the|all) [\w -]{0,40}\b(?:models?|versions?)\b"
)
_LAW = re.compile(
    r"(?:governed|construed|subject to)\b.{0,90}?\b(?:laws? of (?:the )?(?:united states and the (?:laws of the )?)?|under (?!the laws))(?P<place>[a-z'’][a-z'’ ]{1,90}?)(?= laws?\b|,|\.|;| without| excluding| exclusive| applicable| \(| as | where| in (?:which|all)| and (?:the|construed|controlling)|$)"
    r"|受(?P<prc>中华人民共和国)法律|(?:governed|construed)\b.{0,30}\b(?P<adjective>norwegian|french|german|english|swiss|dutch|belgian|danish) law\b|\b(?:under )?(?P<nation>[a-z]{4,14}) law\b(?=\W*$| applies|,| governs)"
)
_LAW_PLACES = {
    "state of california": "US-CA", "california": "US-CA", "state of delaware": "US-DE", "delaware": "US-DE",
    "state of new york": "US-NY", "new york": "US-NY", "state of washington": "US-WA", "commonwealth of massachusetts": "US-MA",
    "prc": "CN", "people's republic of china": "CN", "china": "CN", "中华人民共和国": "CN", "singapore": "SG", "republic of korea": "KR",
    "hong kong special administrative region of the people's republic of china": "HK", "hong kong": "HK",
    "england and wales": "GB", "england": "GB", "united states": "US", "united states of america": "US", "quebec": "CA-QC",
    "france": "FR", "germany": "DE", "japan": "JP", "italy": "IT", "abu dhabi": "AE",
    "state of virginia": "US-VA", "commonwealth of virginia": "US-VA", "state of illinois": "US-IL", "state of texas": "US-TX",
    "state of pennsylvania": "US-PA", "commonwealth of pennsylvania": "US-PA", "state of oregon": "US-OR", "state of colorado": "US-CO", "norwegian": "NO",
    "french": "FR", "german": "DE", "english": "GB", "swiss": "CH", "dutch": "NL", "belgian": "BE", "danish": "DK",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Threshold:
    """`effect`: ask-licence, display, rights-end, royalty or limit."""

    number: float
    unit: str
    effect: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Territory:
    effect: str  # excluded | excluded-in-part, for some models only | limited-to
    codes: tuple[str, ...]
    start: int
    end: int


def thresholds_in(low: str, lead: str = "") -> Iterator[Threshold]:
    """Sizes above or below which a lower-case sentence says something else holds."""
    if not _SOME_NUMBER.search(low) or (_OURSELVES.match(low) and not _CONCERNS.search(low)):
        return
    # A year is no size.
    found = [item for item in amounts_in(low) if item.currency or not 1900 <= item.number <= 2100]
    for number, amount in enumerate(found):
        if amount.number < 2:
            continue
        following = found[number + 1].start if number + 1 < len(found) else len(low)
        unit = _unit(low, amount, following)
        if unit and _OVER.search(low[max(amount.start - 60, 0) : min(amount.end + 60, len(low))]):
            yield Threshold(amount.number, unit, _effect(f"{lead} {low}"), amount.start, amount.end)


def _unit(low: str, amount: Amount, following: int) -> str:
    after = low[amount.end : min(following, amount.end + _NEAR_CHARS)]
    before = low[max(amount.start - _NEAR_CHARS, 0) : amount.start]
    near = before[-60:] + " " + after
    if amount.currency and (_MONEY.search(after) or _MONEY.search(before)):
        period = "monthly" if _MONTHLY.search(near) and not re.search(r"annual|year", near) else "annual"
        return f"{period}-revenue-{amount.currency}"
    if amount.currency:
        return ""
    if _DAILY.search(after[:40]) or (_DAILY.search(before[-60:]) and amount.number >= 1000):
        return "daily-active-users"
    if _USERS.search(after[:40]) or (_USERS.search(before[-50:]) and amount.number >= 1000):
        return "monthly-active-users"
    asked = _REQUESTS.search(after[:60])
    if asked is not None:
        return "daily-requests" if asked["period"] == "day" else "monthly-requests"
    if _VISITS.search(after[:40]):
        return "monthly-visits"
    if _TEAM.search(after[:24]) and amount.number < 100_000:
        return "team-size"
    return ""


def _effect(low: str) -> str:
    if _ROYALTY.search(low):
        return "royalty"
    if _DISPLAY.search(low) and "request a license" not in low:
        return "display"
    if _ENDS.search(low):
        return "rights-end"
    if re.search(r"\b(?:request|obtain|contact|apply|ask|enter into|acquire)\b", low):
        return "ask-licence"
    return "limit"


def territories_in(low: str) -> Territory | None:
    """Where a lower-case sentence says that no right is given."""
    for gate in _PLACES_GATE.finditer(low):
        reach = low[gate.start() : gate.start() + _PLACES_REACH]
        if (
            _NOT_A_TERRITORY.search(low, max(gate.start() - 60, 0), gate.start() + _PLACES_REACH)
            or "(if you" in low[max(gate.start() - 40, 0) : gate.start()]
        ):
            continue
        if gate[0].startswith(("outside", "except", "other")) and not _NEGATED.search(low[: gate.start()]):
            continue
        first = places().nouns.search(reach)
        if first is None:
            continue
        codes = _codes(reach)
        if codes and (_DOMICILE.search(reach) or first.start() - len(gate[0]) < 30):
            effect = "excluded-in-part" if _PARTLY.match(low) else "excluded"
            return Territory(effect, codes, gate.start(), gate.start() + first.end())
    return _named_before(low) or _limited_to(low) or _only_there(low) or _people_there(low)


def _codes(low: str) -> tuple[str, ...]:
    return tuple(code for code in named_in(low) if code != "WORLD")


def _named_before(low: str) -> Territory | None:
    for said in _EXCLUDED_AFTER.finditer(low):
        begin = max(said.start() - 120, 0)
        before = low[begin : said.end()]
        if _NOT_A_TERRITORY.search(before) or not (
            _DOMICILE.search(before.replace("residents", "resident"))
            or said[0].startswith(("in ", "within "))
        ):
            continue
        first = places().nouns.search(before)
        if first is not None and _codes(before):
            return Territory("excluded", _codes(before), begin + first.start(), said.end())
    return None


def _only_there(low: str) -> Territory | None:
    for place in places().nouns.finditer(low):
        if re.match(r" (?:only|alone|exclusively)\b", low[place.end() : place.end() + 14]) and not (
            _NOT_A_TERRITORY.search(low) or _NEGATED.search(low)
        ):
            return Territory("limited-to", _codes(place[0]), place.start(), place.end())
    return None


def _people_there(low: str) -> Territory | None:
    """Who lives or is established somewhere, and is refused."""
    if _NOT_A_TERRITORY.search(low) or not _REFUSED.search(low):
        return None
    for said in _PEOPLE.finditer(low):
        place = places().nouns.match(low, said.end())
        if place is not None:
            return Territory("excluded", _codes(low[said.end() : said.end() + 80]), said.start(), place.end())
    return None


def _limited_to(low: str) -> Territory | None:
    for said in _LIMITED_TO.finditer(low):
        place = places().nouns.match(low, said.end())
        if (
            place is None
            or low[place.end() : place.end() + 3].strip()[:1] in {"$", "d"}
            or _NOT_A_TERRITORY.search(low)
        ):
            continue
        codes = _codes(low[said.end() : said.end() + _PLACES_REACH])
        if codes:
            return Territory("limited-to", codes, said.start(), place.end())
    return None


def laws_in(low: str) -> Iterator[tuple[str, int, int]]:
    """`(code or words, start, end)` of the law that governs."""
    match = _LAW.search(low)
    if match is None or re.search(r"jurisdiction where|in which (?:the )?(?:original )?licen[cs]or", low):
        return
    words = (match["place"] or match["prc"] or match["adjective"] or match["nation"] or "").strip()
    plain = words.removeprefix("the ").removeprefix("republic of ")
    code = _LAW_PLACES.get(words) or _LAW_PLACES.get(plain) or places().codes.get(plain)
    if code is not None:
        yield code, match.start(), match.end()
