"""Dates and figures in a sentence, in digits or words, each with its place and as much as it says."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from ajar.model.partial_date import PartialDate

_MONTHS = [
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
]
_MONTH_NUMBER = {name: number for number, name in enumerate(_MONTHS, 1)}
_MONTH_NUMBER |= {name[:3]: number for name, number in _MONTH_NUMBER.items()} | {"sept": 9}
_MONTH = r"(?P<month>January|February|March|April|May|June|July|August|September|October|November|December|(?:Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sept?|Oct|Nov|Dec)\.?)"
_ORDINALS = [
    "first",
    "second",
    "third",
    "fourth",
    "fifth",
    "sixth",
    "seventh",
    "eighth",
    "ninth",
    "tenth",
    "eleventh",
    "twelfth",
    "thirteenth",
    "fourteenth",
    "fifteenth",
    "sixteenth",
    "seventeenth",
    "eighteenth",
    "nineteenth",
    "twentieth",
    "twenty-first",
    "twenty-second",
    "twenty-third",
    "twenty-fourth",
    "twenty-fifth",
    "twenty-sixth",
    "twenty-seventh",
    "twenty-eighth",
    "twenty-ninth",
    "thirtieth",
    "thirty-first",
]
_DAY = rf"(?P<day>\d{{1,2}})(?:st|nd|rd|th)?|(?P<dayword>{'|'.join(reversed(_ORDINALS))})"
_YEAR = r"(?P<year>(?:19|20)\d\d)(?![\d%]|[.,]\d)"
_SEASON = r"(?:spring|summer|autumn|fall|winter)"
_DATES = tuple(
    re.compile(pattern)
    for pattern in (
        r"\b(?P<year>(?:19|20)\d\d)-(?P<month>0[1-9]|1[0-2])(?:-(?P<day>0[1-9]|[12]\d|3[01]))?\b",
        rf"\b(?:the )?(?:{_DAY})(?: day)?(?: of)? {_MONTH}(?:,? (?:of )?{_YEAR})?\b",
        rf"\b{_MONTH} (?:the )?(?:{_DAY})(?:,? (?:of )?{_YEAR})?(?![\d.]*\d|(?: million| billion|B\b))",
        rf"\b{_MONTH},?(?: of)? {_YEAR}\b",
        rf"\b(?P<prefix>[Ii]n|[Ll]ast|[Tt]his|[Ss]ince|[Bb]y|[Uu]ntil|[Tt]hat|[Ee]arly|[Ll]ate|[Mm]id|[Oo]f|[Ff]rom|[Ii]n late|[Ii]n early) {_MONTH}(?! \d)(?=\W|$)",
        rf"\b(?P<prefix>[Ll]ast|[Tt]his|[Tt]he|[Ii]n|[Tt]hat) (?P<season>{_SEASON})(?: of {_YEAR})?\b",
        rf"(?<![\d$€£.,-])\b{_YEAR}(?!\s*(?:parameters|tokens|users|models|gpus|GPUs|people|employees|dollars|-))\b(?:s\b)?",
        r"\b(?P<relative>[Yy]esterday|[Tt]oday|[Ll]ast year|[Tt]his year|(?:[Ee]arlier|[Ll]ater) this year|[Ll]ast month|[Tt]his month)\b",
    )
)
_SIGN = re.compile(
    r"(?:\b(?P<word>since|until|till|before|after|by|from|through|from about|as of)\s+(?:the )?(?:end of |early |late |mid-?)?)$",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class DateMention:
    """A date as far as it is said. `sign` is a word before it that makes it an edge: since, until, by."""

    start: int
    end: int
    year: int | None = None
    month: int | None = None
    day: int | None = None
    sign: str = ""
    prefix: str = ""

    def resolved(self, article: PartialDate | None, year_before: int | None = None) -> PartialDate | None:
        """With the year that it leaves out: the one just spoken of after `that`, else the last such day."""
        if self.year is not None:
            return _partial(self.year, self.month, self.day)
        if self.month is None:
            return None
        if self.prefix == "that" and year_before is not None:
            return _partial(year_before, self.month, self.day)
        if article is None:
            return None
        edge = article.latest
        year = edge.year if (self.month, self.day or 1) <= (edge.month, edge.day) else edge.year - 1
        return _partial(year, self.month, self.day)


@dataclass(frozen=True, slots=True, kw_only=True)
class Quantity:
    """A number with its unit: `USD`, `EUR`, `GBP`, `percent`, `parameters`, `users`, or "" for a bare count."""

    start: int
    end: int
    value: float
    unit: str
    about: str = ""  # about, over, under: how exact it claims to be
    part: str = ""  # active, total
    is_bare: bool = False  # parameters by a letter alone: 8B


def dates(text: str, start: int, end: int, article: PartialDate | None = None) -> list[DateMention]:
    """Dates between two places of a text, in order, none inside another."""
    found: list[DateMention] = []
    taken: list[tuple[int, int]] = []
    for pattern in _DATES:
        for match in pattern.finditer(text, start, end):
            span = match.start(), match.end()
            if any(first < span[1] and span[0] < last for first, last in taken):
                continue
            mention = _date(match, text, start, article)
            if mention is not None:
                taken.append(span)
                found.append(mention)
    return sorted(found, key=lambda mention: mention.start)


def _date(match: re.Match[str], text: str, floor: int, article: PartialDate | None) -> DateMention | None:
    groups = match.groupdict()
    prefix = (groups.get("prefix") or "").lower()
    sign = _SIGN.search(text, max(match.start() - 24, floor), match.start())
    mention = DateMention(
        start=match.start(),
        end=match.end(),
        sign=(sign["word"].lower() if sign else prefix if prefix in {"since", "until", "by", "from"} else ""),
        prefix=prefix,
    )
    if groups.get("relative"):
        return _relative(mention, groups["relative"].lower(), article)
    year = int(groups["year"]) if groups.get("year") else None
    month = groups.get("month")
    number = None
    if month:
        number = int(month) if month.isdigit() else _MONTH_NUMBER[month.lower().rstrip(".")]
    elif groups.get("season") and year is None:
        return None
    day = int(groups["day"]) if groups.get("day") else None
    if groups.get("dayword"):
        day = _ORDINALS.index(groups["dayword"]) + 1
    if year is None and number is None:
        return None
    if not _is_day(year or 2024, number or 1, day or 1):
        return None
    return replace(mention, year=year, month=number, day=day)


def _relative(mention: DateMention, words: str, article: PartialDate | None) -> DateMention | None:
    """`yesterday` and its like, from the article's own date."""
    if article is None:
        return None
    day = article.latest
    if words in {"yesterday", "today"}:
        if len(article.rstrip("?")) < 10:
            return None
        day -= dt.timedelta(days=1 if words == "yesterday" else 0)
        return replace(mention, year=day.year, month=day.month, day=day.day)
    if words == "last month":
        day = day.replace(day=1) - dt.timedelta(days=1)
        return replace(mention, year=day.year, month=day.month)
    if words == "this month":
        return replace(mention, year=day.year, month=day.month)
    return replace(mention, year=day.year - (1 if words == "last year" else 0))


def _is_day(year: int, month: int, day: int) -> bool:
    try:
        dt.date(year, month, day)
    except ValueError:
        return False
    return True


def _partial(year: int, month: int | None, day: int | None) -> PartialDate | None:
    if month is None:
        return PartialDate(f"{year:04}")
    if day is None:
        return PartialDate(f"{year:04}-{month:02}")
    return PartialDate(f"{year:04}-{month:02}-{day:02}") if _is_day(year, month, day) else None


_SMALL = [
    "zero",
    "one",
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "ten",
    "eleven",
    "twelve",
    "thirteen",
    "fourteen",
    "fifteen",
    "sixteen",
    "seventeen",
    "eighteen",
    "nineteen",
]
_TENS = ["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"]
_WORDS = {word: number for number, word in enumerate(_SMALL)} | {
    word: 10 * number for number, word in enumerate(_TENS, 2)
}
_SCALES = {
    "hundred": 1e2,
    "thousand": 1e3,
    "k": 1e3,
    "million": 1e6,
    "millions": 1e6,
    "mn": 1e6,
    "m": 1e6,
    "billion": 1e9,
    "billions": 1e9,
    "bn": 1e9,
    "b": 1e9,
    "trillion": 1e12,
    "tn": 1e12,
    "t": 1e12,
}
_NUMBER_WORD = rf"(?:{'|'.join([*_TENS, *reversed(_SMALL)])})"
_FIGURE = re.compile(
    r"(?P<currency>US\$|\$|€|£|\b(?:USD|EUR|GBP|euros?)\s)?\s?"
    rf"(?<![\w.])(?P<number>\d{{1,3}}(?:[,\u202f\u00a0]\d{{3}})+(?:\.\d+)?|\d{{1,15}}(?:\.\d{{1,6}})?|\b(?:{_NUMBER_WORD}|a) hundred(?: and)? {_NUMBER_WORD}(?:-{_NUMBER_WORD})?\b|\b{_NUMBER_WORD}(?:-{_NUMBER_WORD})?\b|\b(?:half )?an?(?= (?:hundred|thousand|million|billion|trillion)\b))"
    r"(?:[\s-]?(?P<scale>(?:hundred|thousand|millions?|billions?|trillion|bn|mn|tn)\b(?: (?:million|billion|thousand)\b)?|[BMTKbmkt]\b(?!\w)))?"
    r"(?P<percent>\s?(?:%|percent\b|per cent\b))?"
    r"(?:[\s-](?P<money>(?:US )?dollars?\b|euros?\b|pounds?\b|USD\b|EUR\b))?"
    r"(?P<unit>[\s-](?:(?:of its |total |active |trainable |model )*(?P<what>parameters?\b|params?\b)"
    r"|(?:monthly |daily |weekly |active )*(?P<people>users?\b)))?"
)
_SHARED = re.compile(r"\s*(?:,|,? and|or|to|,? or|–|-)\s*")
_CURRENCIES = {
    "$": "USD",
    "us$": "USD",
    "usd": "USD",
    "dollar": "USD",
    "dollars": "USD",
    "us dollars": "USD",
    "€": "EUR",
    "eur": "EUR",
    "euro": "EUR",
    "euros": "EUR",
    "£": "GBP",
    "gbp": "GBP",
    "pound": "GBP",
    "pounds": "GBP",
}
# What a number with a letter counts when it counts no parameters.
_OTHER_UNIT = re.compile(
    r"[\s-]+(?:\w+[\s-]+){0,2}?(?:tokens?|hours?|images?|words|pairs|samples|examples|downloads|documents|characters|bytes|FLOPs?|"
    r"views|people|requests|pages|rows|videos|customers|visits)\b",
    re.IGNORECASE,
)
_ABOUT = re.compile(
    r"(?P<about>about|around|roughly|approximately|nearly|almost|some|an estimated|close to|~|≈)\s*$"
    r"|(?P<over>more than|over|at least|upwards of|north of|exceeding)\s*$|(?P<under>less than|under|up to|at most|fewer than)\s*$",
    re.IGNORECASE,
)


def quantities(text: str, start: int, end: int) -> list[Quantity]:
    """Figures with a scale, a unit or a currency. A bare small number is none."""
    found = [item for match in _FIGURE.finditer(text, start, end) if (item := _quantity(match, text, start))]
    for number in range(len(found) - 2, -1, -1):
        here, later = found[number], found[number + 1]
        if not here.unit and later.unit and _SHARED.fullmatch(text, here.end, later.start):
            scale = 1.0
            if here.value < 1000 <= later.value and later.unit == "parameters":
                scale = 1e9 if later.value >= 1e9 else 1e6
            found[number] = replace(here, unit=later.unit, value=here.value * scale)
    return [item for item in found if item.unit]


def _quantity(match: re.Match[str], text: str, floor: int) -> Quantity | None:
    value = _value(match["number"])
    scale = (match["scale"] or "").strip()
    if scale:
        for word in scale.lower().split():
            value *= _SCALES[word]
    unit = ""
    currency = (match["currency"] or match["money"] or "").strip().lower()
    if currency:
        unit = _CURRENCIES.get(currency, "")
    elif match["percent"]:
        unit = "percent"
    elif match["people"]:
        unit = "users"
    elif match["what"] or (len(scale) == 1 and scale in "BT"):
        unit = "parameters"
    if unit == "parameters" and not match["what"] and _OTHER_UNIT.match(text, match.end()):
        unit = ""
    sign = _ABOUT.search(text, max(match.start() - 16, floor), match.start())
    about = next((name for name, hit in sign.groupdict().items() if hit), "") if sign else ""
    said = (match["unit"] or "").lower()
    part = "active" if "active param" in said else "total" if "total" in said else ""
    first = match.start() + (len(match[0]) - len(match[0].lstrip()))
    bare = unit == "parameters" and not match["what"]
    return Quantity(
        start=first, end=match.end(), value=value, unit=unit, about=about, part=part, is_bare=bare
    )


def _value(words: str) -> float:
    low = words.lower()
    if low[0].isdigit():
        return float(re.sub(r"[,\u202f\u00a0]", "", low))
    if low.startswith("half"):
        return 0.5
    if low in {"a", "an"}:
        return 1.0
    if " hundred" in low:
        head, _, rest = low.partition(" hundred")
        return 100 * (1 if head == "a" else _WORDS[head]) + _value(rest.removeprefix(" and").strip())
    return float(sum(_WORDS[part] for part in low.split("-")))


def numbers_of(words: str) -> Iterator[float]:
    """Every count of parameters in a source's own words, such as `671B total, 37B active`."""
    for match in re.finditer(r"(?<![\w.])(\d+(?:\.\d+)?)\s?([BMT]|billion|million|trillion)\b", words):
        yield float(match[1]) * _SCALES[match[2].lower()]
