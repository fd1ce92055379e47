"""The reading of an article as JSON, `ajar-article/1`: offsets are characters of `article.text`."""

from __future__ import annotations

import json
from importlib.resources import files
from typing import Any

from ajar.model.article import ArticleReading, NamedParty, NamedSystem, Span, Statement

SCHEMA = "ajar-article/1"
Json = dict[str, Any]


def dumps(reading: ArticleReading) -> str:
    """As text, in a fixed order. Lone surrogates are written as escapes."""
    text = json.dumps(to_json(reading), indent=2, ensure_ascii=False)
    return text.encode("utf-8", "backslashreplace").decode("utf-8") + "\n"


def schema() -> Json:
    """The JSON Schema that every reading holds to."""
    text = (files("ajar.reports") / "schema" / "ajar-article-1.json").read_text("utf-8")
    loaded: Json = json.loads(text)
    return loaded


def to_json(reading: ArticleReading) -> Json:
    """The reading as plain data."""
    return {
        "schema": SCHEMA,
        "article": {
            "subject": reading.subject,
            "title": reading.title,
            "form": reading.form.value,
            "language": reading.language,
            "date": reading.date or None,
            "date_basis": reading.date_basis.value,
            "date_because": reading.date_because,
            "as_of": reading.as_of,
            "words": reading.words,
            "text": reading.text,
        },
        "systems": [_system(item) for item in reading.systems],
        "parties": [_party(item) for item in reading.parties],
        "statements": [_statement(item) for item in reading.statements],
        "notes": list(reading.notes),
    }


def _span(span: Span) -> Json:
    return {"start": span.start, "end": span.end}


def _system(item: NamedSystem) -> Json:
    return {
        "id": item.id,
        "name": item.name,
        "makers": list(item.makers),
        "is_line": item.is_family,
        "door": {
            "declared": item.door or None,
            "at_least": item.at_least,
            "at_most": item.at_most or None,
            "label": item.label,
        },
        "licence": item.licence or None,
        "weights": item.weights,
        "sources": list(item.sources),
        "mentions": [_span(span) for span in item.mentions],
    }


def _party(item: NamedParty) -> Json:
    return {
        "id": item.id,
        "name": item.name,
        "kind": item.kind.value,
        "known_for": item.known_for,
        "record": item.record,
        "mentions": [_span(span) for span in item.mentions],
    }


def _statement(item: Statement) -> Json:
    return {
        "span": _span(item.span),
        "sentence": item.sentence,
        "kind": item.kind.value,
        "subject": item.subject,
        "verdict": item.verdict.value,
        "fact": item.fact,
        "sources": list(item.sources),
        "about": item.about,
        "attributed_to": item.attributed_to or None,
        "proposed_by": item.proposed_by or None,
        "rule": item.rule,
    }
