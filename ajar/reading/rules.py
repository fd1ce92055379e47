"""The grammar: rules from data, each a line of words, names and gaps, laid on a clause.

A pattern is a row of elements with a space between them:

    word            that word                      (a|b c)    one of these
    [x]             x or nothing                   ~3         up to three words, no name and no mark among them;
    ~-3        no preposition among them either       ~~3        names and commas may be among them
    <a:PO>          a name of a class, kept as a   <a:P+>     one or several, with commas or `and`
    @verb.make      one of a list of words.toml    @det       a fixed piece, see `_PIECES`

The classes are those of `ajar.reading.items`: P person, O organisation, S system, N unknown name, D date, M money,
Q parameters, C another count, L licence, R role.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from typing import Any

from ajar.reading.items import Item, block, code
from ajar.reading.lexicon import words

# A word, the words of a role (`its chief rival`), or `its`, which stands for a name with 's.
_SAID_BEFORE = "".join(f"{code(name, 200)}-{code(name, 250)}" for name in "POS")
_WORD = rf"(?:[{_SAID_BEFORE}] 's|[^\s,.:;!?\"“”\ue000-\uf8ff][^\s\ue000-\uf8ff]*|{block('R')}) "
# Words behind which another thing is meant: a rival to, an answer to, a deal with.
_BARS = r"(?:to|of|with|for|on|in|from|against|over|by|than|behind|at|like|as|about|into|and|or|that|which|who|using|called) "
_PIECES = {
    "det": "[the|a|an|its|his|her|their|another|one of the|one of its|one of his|own|our|<x:POS> 's|<x:POS> 's own]",
    "when": "[<d:D>|in <d:D>|on <d:D>|in ~1 <d:D>|, in <d:D> ,|, on <d:D> ,]",
    "was": "(is|are|was|were|be|been|being|has been|have been|had been|is being|remains|remained|stays|became|becomes|has become|'s|has never been|have never been|had never been|has always been|has long been|has now been|has since been|was never|were never|is not|are not)",
    "have": "[has|have|had|has since|has now|has long|have long|has always|has never|have never|had never|also|has also|has just|did|does|do|will|would|may|might|could|should]",
    "adv": "[also|now|then|first|later|already|just|only|recently|originally|finally|largely|publicly|openly|jointly|initially|still|never|not|always|freely|mostly|fully|actually|since|long|in fact|itself|himself|once|clearly|of course|soon|eventually|always been|never been|really|truly|completely|entirely|currently|no longer|not yet|not only|quietly|officially]",
    "past": "[former|formerly|ex|ex-|then|current|currently|onetime|one-time|long-time|longtime|late|outgoing|founding|first|early|once|previously|now|new|billionaire|long|also]",
    "model": "(model|models|chatbot|chatbots|system|systems|assistant|family|line|series|release|llm|language model|ai model|ai models|language models|large language model|weights)",
    "company": "(company|firm|startup|start-up|lab|laboratory|organisation|organization|group|non-profit|nonprofit|maker|giant|developer)",
    "by": "(by|at|from)",
}
_ENDS = {
    # What may follow a name for it to be the whole of what is possessed: not "Microsoft's GPT-4 deal".
    "after": r"(?=(?:[,.;:!?”\"]|is|was|are|were|has|had|have|will|can|may|on|in|under|with|as|and|or|but|that|which|who|model|models|family|chatbot|remains|stays|comes|came|to|for|at|from|by|while|,|said|says|uses|carries|costs|does|did|runs|now|also|line|[\ue400-\ue7ff]) | $)",
    # `open to`, `closed for` and `open-source software` are something else.
    "openend": r"(?!(?:to|for|about|with|up|question|questions|letter|letters|mind|door|doors|ended|software|sourced|standard|standards|ai's|access|air|market|community|licence|license|licences|licenses|strategy|definition|project|projects|tools|platform) )",
    "opensend": r"(?!(?:office|doors|door|api|headquarters|program|programme|store|up) )",
    "alone": r"(?![a-z]|[^,.;] (?:of|at|for) )",
    "whole": r"(?!(?:of|for) )",
    "stop": r"(?=(?:[,.;:!?”\"]|at|in|on|and|but|since|until|with|as) )",
}
_ELEMENT = re.compile(r"\([^()]*\)|\[[^\[\]]*\]|<[^<>]+>|\S+")
_SLOT = re.compile(r"<(\w+):([A-Z]+)(\+?)>")
_UNNAMED = frozenset("dxn")  # only that they are there counts; a date is looked for in the whole clause
_WORDS_SLOT = re.compile(r"<(\w+):(?:@(\w+)|c)>")


@dataclass(frozen=True, slots=True)
class Rule:
    """One way to say one thing. `fixed` are values that the rule itself gives to the claim."""

    id: str
    relation: str
    pattern: str
    example: str
    fixed: dict[str, str]
    anchors: tuple[frozenset[str], ...]
    classes: tuple[str, ...]
    compiled: list[re.Pattern[str]] = field(default_factory=list)

    def regex(self) -> re.Pattern[str]:
        """Compiled when first needed: most articles need few of the rules."""
        if not self.compiled:
            self.compiled.append(re.compile("(?<= )" + _compile(self.pattern)))
        return self.compiled[0]


@dataclass(frozen=True, slots=True, kw_only=True)
class Match:
    """A rule that fits a clause: which items, and which of them stand in its slots."""

    rule: Rule
    view: Sequence[Item]
    first: int
    last: int
    slots: dict[str, tuple[Item, ...]]
    said: dict[str, str]  # what a slot for words holds

    def one(self, name: str) -> Item | None:
        found = self.slots.get(name)
        return found[0] if found else None


@cache
def rules() -> tuple[Rule, ...]:
    rows = tomllib.loads((files("ajar.reading") / "data" / "rules.toml").read_text("utf-8"))["rule"]
    return tuple(rule for row in rows for rule in _rules(row))


def _rules(row: dict[str, Any]) -> Iterator[Rule]:
    fixed = {
        key: value
        for key, value in row.items()
        if key not in {"id", "relation", "pattern", "patterns", "example"}
    }
    patterns = row.get("patterns") or [row["pattern"]]
    examples = row["example"] if isinstance(row["example"], list) else [row["example"]]
    for number, pattern in enumerate(patterns):
        yield Rule(
            row["id"],
            row["relation"],
            pattern,
            examples[min(number, len(examples) - 1)],
            fixed,
            _anchors(pattern),
            tuple(found[2] for part in _ELEMENT.findall(pattern) if (found := _SLOT.fullmatch(part))),
        )


class Line:
    """A clause as one line of text, with the way back from a place in it to its items."""

    __slots__ = ("classes", "names", "starts", "text", "view", "words")

    def __init__(self, view: Sequence[Item]) -> None:
        self.view = view
        self.text = " " + " ".join(item.code for item in view) + " "
        self.starts: dict[int, int] = {}
        at = 1
        for number, item in enumerate(view):
            self.starts[at] = number
            at += len(item.code) + 1
        self.starts[at] = len(view)
        self.words = frozenset(item.code for item in view)
        self.classes = frozenset(item.cls for item in view)
        self.names = sum(item.cls != "w" for item in view)


@dataclass(frozen=True, slots=True)
class Grammar:
    """The rules, found by the words of which they need one."""

    rules: tuple[Rule, ...]
    by_word: dict[str, tuple[int, ...]]
    always: tuple[int, ...]

    def candidates(self, line: Line) -> list[Rule]:
        """Those whose words all stand in the clause, in their order."""
        numbers = {number for word in line.words if word in self.by_word for number in self.by_word[word]}
        numbers.update(self.always)
        found = (self.rules[number] for number in sorted(numbers))
        return [rule for rule in found if all(not words_.isdisjoint(line.words) for words_ in rule.anchors)]


@cache
def grammar() -> Grammar:
    known = rules()
    by_word: dict[str, list[int]] = {}
    for number, rule in enumerate(known):
        for word in rule.anchors[0] if rule.anchors else ():
            by_word.setdefault(word, []).append(number)
    return Grammar(
        known,
        {word: tuple(numbers) for word, numbers in by_word.items()},
        tuple(number for number, rule in enumerate(known) if not rule.anchors),
    )


def matches(line: Line, known: Grammar) -> Iterator[Match]:
    """Every rule that fits, at every place where it does."""
    for rule in known.candidates(line):
        if len(rule.classes) > line.names or not all(
            any(cls in line.classes for cls in classes) for classes in rule.classes
        ):
            continue
        for found in rule.regex().finditer(line.text):
            first = line.starts.get(found.start())
            last = line.starts.get(found.end())
            if first is None or last is None:
                continue
            slots, said = _slots(found, line)
            yield Match(rule=rule, view=line.view, first=first, last=last, slots=slots, said=said)


def _slots(found: re.Match[str], line: Line) -> tuple[dict[str, tuple[Item, ...]], dict[str, str]]:
    slots: dict[str, tuple[Item, ...]] = {}
    said: dict[str, str] = {}
    for name, value in found.groupdict().items():
        if value is None:
            continue
        first = line.starts[found.start(name)]
        count = len(value.split())
        held = tuple(item for item in line.view[first : first + count] if item.cls != "w")
        if held:
            slots[name] = held
        else:
            said[name] = value.strip()
    return slots, said


def _compile(pattern: str) -> str:
    return "".join(_element(part) for part in _ELEMENT.findall(pattern))


def _element(part: str) -> str:
    if part.startswith("<"):
        listed = _WORDS_SLOT.fullmatch(part)
        if listed is not None:
            return f"(?P<{listed[1]}>{_choice('|'.join(_listed(listed[2] or 'countries')))})"
        found = _SLOT.fullmatch(part)
        if found is None:
            raise ValueError(f"{part} is no slot")
        name, classes, several = found.groups()
        one = block(classes)
        if name in _UNNAMED:
            return f"{one} "
        if several:
            return f"(?P<{name}>{one}(?: (?:, and|and|,|or|&|as well as|, or|'s) (?:(?:the|both) )?{one}){{0,8}}) "
        return f"(?P<{name}>{one}) "
    if part.startswith("~-"):
        return rf"(?:(?!{_BARS}){_WORD}){{0,{int(part[2:])}}}?"
    if part.startswith("~~"):
        return rf"(?:[^\s.;!?]+ ){{0,{int(part[2:])}}}?"
    if part.startswith("~"):
        return f"(?:{_WORD}){{0,{int(part[1:])}}}?"
    if part.startswith("@"):
        if part.startswith("@verb."):
            return _choice("|".join(words()["verbs"][part[6:]]))
        name = part[1:]
        return _ENDS[name] if name in _ENDS else _compile(_PIECES[name])
    if part.startswith("["):
        return f"(?:{_choice(part[1:-1])})?"
    if part.startswith("("):
        return _choice(part[1:-1])
    return re.escape(part) + " "


def _listed(table: str) -> list[str]:
    """Every word of a table of word lists."""
    return [word for group in words()[table].values() for word in group]


def _choice(body: str) -> str:
    """One of several pieces; a piece may hold elements of its own."""
    options = sorted(body.split("|"), key=len, reverse=True)
    return "(?:" + "|".join(_compile(option.strip()) for option in options) + ")"


def _anchors(pattern: str) -> tuple[frozenset[str], ...]:
    """For each element that is not left out, the words of which one has to be there; the most telling first."""
    found = [
        first
        for part in _ELEMENT.findall(pattern)
        if (part[0] not in "<~[" or ("@" in part[:8] and part[0] == "<"))
        and part != ","
        and (first := _first_words(part))
    ]
    return tuple(sorted(found, key=len))


def _first_words(part: str) -> frozenset[str]:
    listed = _WORDS_SLOT.fullmatch(part)
    if listed is not None:
        body = "|".join(_listed(listed[2] or "countries"))
    elif part.startswith("@verb."):
        body = "|".join(words()["verbs"][part[6:]])
    elif part.startswith("@"):
        return frozenset()
    else:
        body = part.strip("()")
    firsts = {option.strip().split()[0] for option in body.split("|")}
    return frozenset() if any(word[0] in "<~[@(" for word in firsts) else frozenset(firsts)
