"""The analysis of a card, whatever it describes: a model, a data set or a code repository."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ajar.config import Limits
from ajar.formats import _eu_documents
from ajar.formats._card_disclosures import read_disclosures
from ajar.formats._card_links import find_links
from ajar.formats._card_sections import Outline, Placed, place
from ajar.formats._card_statements import Statement, read_data_sources, read_statements
from ajar.formats._card_tables import read_results, read_sample_outputs
from ajar.formats._front_matter import read_front_matter, split_front_matter
from ajar.formats._markdown import BlockKind, parse_blocks
from ajar.formats._text import EvidenceMaker, read_text
from ajar.interfaces import Blob, Observation
from ajar.model.evidence import Basis, Evidence

KEYS = {
    "card.field": "a scalar field of the front matter; its name is the pointer",
    "card.license": "declared licence id, one for each entry",
    "card.license-name": "declared name of a licence without an id",
    "card.license-link": "declared address of the licence text",
    "card.base-model": "declared base model, one for each entry",
    "card.base-model-relation": "declared relation to the base model: finetune, adapter, merge, quantized",
    "card.dataset": "declared training data set, one for each entry",
    "card.library": "declared library",
    "card.pipeline-tag": "declared task",
    "card.language": "declared language, one for each entry",
    "card.tag": "declared tag, at most 64",
    "card.gated": "true when the front matter asks for something before access",
    "card.title": "first heading of level 1",
    "card.section": "a known subject that a heading names; the heading is the quote",
    "card.section-words": "words of substance under a subject (the pointer), all its headings together",
    "card.words": "words of substance in the document: no code, addresses, templates or placeholders",
    "card.placeholder": "number of places left to be filled in",
    "card.link": "a link with no other kind; a URL or a relative path",
    "card.weights-link": "a link, hub id or command that fetches weights",
    "card.dataset-link": "a link or hub id of a data set",
    "card.paper-link": "a link to a paper",
    "card.code-link": "a link to a code repository",
    "card.approval": "true: a sentence says that access needs a request, approval or accepted terms",
    "card.hosted-only": "true: a sentence says that the model is only reached through a service",
    "card.withheld": "data, weights or code, which a sentence says will not be released",
    "card.metric": "number of evaluation results shown in tables, or under /model-index",
    "card.sample-output": "where a model's output is shown: section, fence, comment or widget",
    "card.code-fence": "lines of code in fences; the language is the pointer",
    "card.loads-with": "a package whose class a code fence loads the weights with",
    "card.compute": "a sentence that states the compute used",
    "card.training-data-source": "a named source of training data with a size or a link",
    "card.personal-data": "what a sentence says of personal data in the training data: removed, not-removed, none or contained",
    "card.data-opt-out": "whether owners may keep their data out of training: offered, honoured or none",
    "card.bias-evaluation": "done or not-done: a sentence says that bias was evaluated",
    "card.safety-evaluation": "done or not-done: a sentence says that safety was evaluated, red teaming included",
    "card.bibtex": "true when there is a BibTeX entry",
    **_eu_documents.KEYS,
}

_BIBTEX = re.compile(
    r"@(?:article|misc|inproceedings|software|techreport|book|online|dataset|phdthesis|conference|manual|unpublished)\s{0,4}\{",
    re.IGNORECASE,
)
_LANGUAGE_LIMIT = 32
# What these load is not the network.
_NO_NETWORK = re.compile(r"Tokenizer|Processor|FeatureExtractor|Config$")
_STATED = {
    "approval": Basis.DECLARED,
    "hosted-only": Basis.DECLARED,
    "compute": Basis.DECLARED,
    "training-data-source": Basis.DECLARED,
    "withheld": Basis.WITHHELD,
    "personal-data": Basis.DECLARED,
    "data-opt-out": Basis.DECLARED,
    "bias-evaluation": Basis.DECLARED,
    "safety-evaluation": Basis.DECLARED,
}


def inspect_card(path: str, blob: Blob, limits: Limits, inspector: str) -> Iterator[Observation]:
    """Everything a card says, its text first. Raises `MalformedError` when it is not text."""
    text, gaps = read_text(path, blob, limits, inspector)
    yield text
    yield from gaps
    make = EvidenceMaker(path, inspector)
    front, body, first_line = split_front_matter(text.text)
    if front:
        yield from read_front_matter(front, text.text.count("\n", 0, text.text.find(front)) + 1, make)
    rst = path.lower().endswith(".rst")
    outline = Outline()
    placed = list(place(parse_blocks(body, first_line=first_line, rst=rst), outline))
    yield from _outline(outline, make)
    yield from _code(placed, make)
    yield from _links(placed, make)
    headings = [(item.block.text, item.block.line) for item in placed if item.block.kind == BlockKind.HEADING]
    for published in _eu_documents.by_headings(path, headings):
        yield _published(published, make)
    for statement in (*read_statements(placed), *read_data_sources(placed), *read_disclosures(placed)):
        yield _stated(statement, make)
    results = read_results(placed)
    if results.cells:
        yield make("card.metric", results.cells, line=results.line, quote=results.quote)
    for sample in read_sample_outputs(placed):
        yield make("card.sample-output", sample.where, line=sample.line, quote=sample.quote)
    bibtex = _BIBTEX.search(body)
    if bibtex:
        line = first_line + body.count("\n", 0, bibtex.start())
        yield make("card.bibtex", True, line=line, quote=body[bibtex.start() : bibtex.start() + 80])


def _outline(outline: Outline, make: EvidenceMaker) -> Iterator[Evidence]:
    if outline.title:
        yield make("card.title", outline.title, line=outline.title_line)
    for section in outline.sections:
        yield make("card.section", section.slug, line=section.line, quote=section.heading)
    lines: dict[str, int] = {}
    for section in outline.sections:
        lines.setdefault(section.slug, section.line)
    for slug, line in lines.items():
        yield make("card.section-words", outline.words.get(slug, 0), line=line, pointer=slug)
    yield make("card.words", outline.total_words)
    if outline.placeholders:
        yield make("card.placeholder", outline.placeholders)


def _code(placed: list[Placed], make: EvidenceMaker) -> Iterator[Evidence]:
    lines: dict[str, int] = {}
    first: dict[str, int] = {}
    for item in placed:
        block = item.block
        if block.kind == BlockKind.CODE:
            count = sum(1 for line in block.text.split("\n") if line.strip())
            lines[block.language] = lines.get(block.language, 0) + count
            first.setdefault(block.language, block.line)
    for language in list(lines)[:_LANGUAGE_LIMIT]:
        yield make("card.code-fence", lines[language], line=first[language], pointer=language or "plain")
    yield from _loaders(placed, make)


def _loaders(placed: list[Placed], make: EvidenceMaker) -> Iterator[Evidence]:
    """The packages whose own classes load the weights, unless code of the repository would run instead."""
    seen: set[str] = set()
    for item in placed:
        text = item.block.text
        if item.block.kind != BlockKind.CODE or "trust_remote_code=True" in text:
            continue
        for number, line in enumerate(text.split("\n")):
            if not line.lstrip().startswith("from ") or " import " not in line:
                continue
            package = line.split()[1].partition(".")[0]
            names = re.findall(r"\w+", line.partition(" import ")[2])
            loads = [
                name for name in names if f"{name}.from_pretrained(" in text and not _NO_NETWORK.search(name)
            ]
            if loads and package not in seen and len(seen) < _LANGUAGE_LIMIT:
                seen.add(package)
                yield make("card.loads-with", package, line=item.block.line + number, quote=line.strip())


def _links(placed: list[Placed], make: EvidenceMaker) -> Iterator[Evidence]:
    for link in find_links([item.block for item in placed]):
        key = "card.link" if link.kind == "other" else f"card.{link.kind}-link"
        yield make(key, link.target, line=link.line, quote=link.context, basis=Basis.DECLARED)
        for found in _eu_documents.by_link(link.target, link.context, link.line):
            yield _published(found, make)


def _published(found: _eu_documents.Published, make: EvidenceMaker) -> Evidence:
    return make(found.key, found.value, line=found.line, quote=found.quote, basis=found.basis)


def _stated(statement: Statement, make: EvidenceMaker) -> Evidence:
    return make(
        f"card.{statement.kind}",
        statement.value,
        line=statement.line,
        quote=statement.quote,
        basis=_STATED[statement.kind],
    )
