"""A chat template taken apart: its expressions with constants folded, and what they use. Nothing is rendered.

Only what a reviewer needs is kept: which names, attributes, filters and calls an expression uses, once the
strings in it are put together.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from ajar.errors import BudgetExceeded
from ajar.safety.jinja_tokens import (
    CHANGES,
    FOLDED_CHARS,
    HUGE,
    Folded,
    Template,
    Token,
    Use,
    blocks,
    formatted,
    joined,
    number,
    tokens,
    unquoted,
)

_KEYWORDS = frozenset(
    [
        "and",
        "or",
        "not",
        "in",
        "is",
        "if",
        "else",
        "recursive",
        "import",
        "as",
        "with",
        "without",
        "context",
        "ignore",
        "missing",
        "scoped",
        "required",
    ]
)
_DEPTH = 100  # five of Python's own frames each
_TOKENS = 500_000


def take_apart(text: str) -> Template:
    """Raises `MalformedError` where it is no Jinja, `BudgetExceeded` where it is too much."""
    template = Template()
    total = 0
    for is_tag, body, at in blocks(text):
        found = list(tokens(body, at))
        total += len(found)
        if total > _TOKENS:
            raise BudgetExceeded(f"a template of more than {_TOKENS} tokens")
        if is_tag:
            _tag(template, found)
        else:
            _Parser(template, found).all()
    return template


def _tag(template: Template, tokens: list[Token]) -> None:
    if not tokens:
        return
    name = tokens[0].text
    rest = tokens[1:]
    template.uses.append(Use("tag", name, tokens[0].at))
    if name == "set":
        _set(template, rest)
    elif name == "for":
        _loop(template, rest)
    elif name == "endfor" and template.loops:
        template.loops.pop()
    elif name in {"macro", "call", "block"} and rest:
        if rest[0].kind == "name":
            template.constants.setdefault(rest[0].text, None)
            template.uses.append(Use("macro", rest[0].text, rest[0].at))
        _Parser(template, rest).all()
    elif name == "filter":  # what follows is applied to the block's text
        at = tokens[0].at
        _Parser(template, [Token("string", "''", at), Token("operator", "|", at), *rest]).all()
    else:
        _Parser(template, rest).all()


def _set(template: Template, rest: list[Token]) -> None:
    cut = next((number for number, token in enumerate(rest) if token.text == "="), None)
    if cut is None:
        _Parser(template, rest).all()
        return
    value = _Parser(template, rest[cut + 1 :]).all()
    target = "".join(token.text for token in rest[:cut])
    template.constants[target] = value


def _loop(template: Template, rest: list[Token]) -> None:
    cut = next((number for number, token in enumerate(rest) if token.text == "in"), len(rest))
    for token in rest[:cut]:
        if token.kind == "name":
            template.constants[token.text] = None
    before = len(template.uses)
    _Parser(template, rest[cut + 1 :]).all()
    counts = [use.number for use in template.uses[before:] if use.kind == "range"]
    template.loops.append(max(counts, default=1))
    steps = 1
    for count in template.loops:
        steps *= max(count, 1)
    template.uses.append(Use("steps", "", rest[0].at if rest else 0, min(steps, HUGE)))


@dataclass(slots=True)
class _Parser:
    """A tolerant reader of expressions: it follows precedence only as far as folding needs."""

    template: Template
    tokens: list[Token]
    at: int = 0
    depth: int = 0

    def all(self) -> Folded:
        """Every expression in a row; the value of the first."""
        first: Folded = None
        count = 0
        while self.at < len(self.tokens):
            before = self.at
            value = self.expression()
            first = value if not count else first
            count += 1
            if self.at == before:
                self.at += 1
        return first if count <= 1 or first is not None else None

    def peek(self, offset: int = 0) -> Token:
        index = self.at + offset
        return self.tokens[index] if index < len(self.tokens) else Token("end", "", -1)

    def expression(self) -> Folded:
        self.depth += 1
        if self.depth > _DEPTH:
            raise BudgetExceeded(f"an expression nested deeper than {_DEPTH}")
        value = self.operand()
        while True:
            token = self.peek()
            if token.text in {"+", "~", "*", "%"} and token.kind == "operator":
                self.at += 1
                value = self._folded(token, value, self.operand())
            elif token.text in {"-", "/", "//", "**", "==", "!=", "<", ">", "<=", ">=", "and", "or", "in"}:
                self.at += 1
                other = self.operand()
                value = self._power(token, value, other) if token.text == "**" else None
            elif token.text in {"if", "else", "not"}:
                self.at += 1
                self.operand()
            elif token.text == "is":
                self.at += 1
                if self.peek().text == "not":
                    self.at += 1
                self.use("test", self.peek().text, self.peek().at)
                self.at += 1
                value = None
            else:
                break
        self.depth -= 1
        return value

    def use(self, kind: str, value: str, at: int, number: int = 0) -> None:
        self.template.uses.append(Use(kind, value, at, number))

    def operand(self) -> Folded:
        token = self.peek()
        while token.text in {"-", "+", "not"}:
            self.at += 1
            token = self.peek()
        value: Folded = None
        base = ""
        if token.kind == "string":
            value = self._strings()
        elif token.kind == "number":
            self.at += 1
            value = number(token.text)
        elif token.kind == "name" and token.text not in _KEYWORDS:
            self.at += 1
            base = token.text
            self.use("name", base, token.at)
            value = self.template.constants.get(base)
        elif token.text in {"(", "["}:
            value = self._sequence({"(": ")", "[": "]"}[token.text])
        elif token.text == "{":
            self._sequence("}")
        else:
            return None
        return self._trailers(value, base)

    def _strings(self) -> str:
        parts = []
        while self.peek().kind == "string":
            parts.append(unquoted(self.peek().text))
            self.at += 1
        return "".join(parts)

    def _sequence(self, close: str) -> Folded:
        self.at += 1
        items: list[Folded] = []
        commas = 0
        while self.at < len(self.tokens) and self.peek().text != close:
            if self.peek().text in {",", ":", "=", "*", "**"}:
                commas += self.peek().text == ","
                self.at += 1
                continue
            before = self.at
            items.append(self.expression())
            self.at += self.at == before
        self.at += 1
        return items[0] if close == ")" and len(items) == 1 and not commas else items

    def _trailers(self, value: Folded, base: str) -> Folded:
        while True:
            token = self.peek()
            if token.text == "." and self.peek(1).kind in {"name", "number"}:
                name = self.peek(1)
                self.at += 2
                self.use("attribute", name.text, name.at)
                dotted = self.template.constants.get(f"{base}.{name.text}") if base else None
                if self.peek().text == "(":
                    value = self._method(value, name.text)
                else:
                    value, base = dotted, ""
            elif token.text == "[":
                value, base = self._subscript(value), ""
            elif token.text == "(":
                arguments = self._arguments()
                if base:
                    self.use("call", base, token.at)
                    if base == "range":
                        self._range(arguments, token.at)
                    if base in {"dict", "namespace"}:
                        value = None
                else:
                    self.use("call", "", token.at)
                value, base = None, ""
            elif token.text == "|":
                name = self.peek(1)
                self.at += 2
                arguments = self._arguments() if self.peek().text == "(" else []
                value, base = self._filter(value, name, arguments), ""
            else:
                return value

    def _arguments(self) -> list[Folded]:
        found = self._sequence(")")
        return found if isinstance(found, list) else [found]

    def _range(self, arguments: list[Folded], at: int) -> None:
        numbers = [item for item in arguments if isinstance(item, int)]
        if numbers:
            self.use("range", "", at, min(max(numbers), HUGE))

    def _subscript(self, value: Folded) -> Folded:
        start = self.at
        self.at += 1
        parts: list[Folded] = []
        colons = 0
        while self.at < len(self.tokens) and self.peek().text != "]":
            if self.peek().text in {":", ",", "-"}:
                colons += self.peek().text == ":"
                self.at += 1
                continue
            before = self.at
            parts.append(self.expression())
            self.at += self.at == before
        self.at += 1
        key = parts[0] if parts else None
        if isinstance(key, str):
            self.use("attribute", key, self.tokens[start].at)
            return None
        if colons == 2 and isinstance(value, str):
            return value[::-1] if parts == [1] else value
        if (
            isinstance(key, int)
            and isinstance(value, (str, list))
            and -len(value) <= key < len(value)
            and not colons
        ):
            return value[key]
        return None

    def _method(self, value: Folded, name: str) -> Folded:
        at = self.peek().at
        arguments = self._arguments()
        self.use("call", f".{name}", at)
        return self._apply(value, name, arguments, at)

    def _filter(self, value: Folded, name: Token, arguments: list[Folded]) -> Folded:
        self.use("filter", name.text, name.at)
        if name.text in {
            "attr",
            "map",
            "selectattr",
            "rejectattr",
            "groupby",
            "sort",
            "sum",
            "min",
            "max",
            "unique",
        }:
            for item in arguments[:2]:
                if isinstance(item, str):
                    self.use("attribute", item, name.at)
            if name.text == "attr" and arguments and not isinstance(arguments[0], str):
                self.use("computed", name.text, name.at)
        return self._apply(value, name.text, arguments, name.at)

    def _apply(self, value: Folded, name: str, arguments: list[Folded], at: int) -> Folded:
        """The string methods and filters that put names together."""
        texts = [item for item in arguments if isinstance(item, str)]
        if name == "join":
            items, glue = (
                (value, texts[0] if texts else "") if isinstance(value, list) else (arguments, value or "")
            )
            flat = items[0] if len(items) == 1 and isinstance(items[0], list) else items
            if isinstance(flat, list) and all(isinstance(item, str) for item in flat):
                return joined(str(glue), [str(item) for item in flat])
            return None
        if not isinstance(value, str):
            return None
        if name == "replace" and len(texts) >= 2:
            if not texts[0]:
                return None
            # No more replacements than fill what is kept.
            times = FOLDED_CHARS // max(len(texts[1]), 1) + 1
            return value.replace(texts[0], texts[1], times)[:FOLDED_CHARS]
        if name == "format":
            self.use("format", value, at)
            return formatted(re.sub(r"%[sr]", "{}", value), texts)
        change = CHANGES.get(name)
        return change(value)[:FOLDED_CHARS] if change else None

    def _folded(self, token: Token, left: Folded, right: Folded) -> Folded:
        if token.text == "*":
            return self._repeated(token, left, right)
        if token.text == "%" and isinstance(left, str):
            self.use("format", left, token.at)
            texts = right if isinstance(right, list) else [right]
            if all(isinstance(item, (str, int)) for item in texts):
                return formatted(re.sub(r"%[sr]", "{}", left), [str(item) for item in texts])
            return None
        if (
            isinstance(left, (str, int))
            and isinstance(right, (str, int))
            and (token.text == "~" or isinstance(left, str))
        ):
            return f"{left}{right}"[:FOLDED_CHARS]
        if isinstance(left, list) and isinstance(right, list) and token.text == "+":
            return [*left, *right][:FOLDED_CHARS]
        return (
            left + right if isinstance(left, int) and isinstance(right, int) and token.text == "+" else None
        )

    def _power(self, token: Token, base: Folded, power: Folded) -> Folded:
        if not isinstance(base, int) or not isinstance(power, int):
            return None
        if power > 40 and base > 1:
            self.use("repeat", "**", token.at, HUGE)
            return HUGE
        raised: int = base ** max(power, 0)
        return min(raised, HUGE)

    def _repeated(self, token: Token, left: Folded, right: Folded) -> Folded:
        if isinstance(left, int) and isinstance(right, int):
            return min(left * right, HUGE)
        count = right if isinstance(right, int) else left if isinstance(left, int) else 0
        if isinstance(left, (str, list)) or isinstance(right, (str, list)):
            self.use("repeat", "*", token.at, min(count, HUGE))
            text = left if isinstance(left, str) else right
            if isinstance(text, str) and count * len(text) <= FOLDED_CHARS:
                return text * count
        return None
