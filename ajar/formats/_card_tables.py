"""Evaluation results and sample outputs that a card shows."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from ajar.formats._card_sections import Placed
from ajar.formats._markdown import BlockKind, plain, strip_tags
from ajar.formats._text import clip

SAMPLE_LIMIT = 8

_BENCHMARK = re.compile(
    r"\b(?:mmlu|hella ?swag|arc(?:[- _]?[ce](?:hallenge|asy)?)?|truthful ?qa|wino(?:grande|gender|bias)|gsm-?8k|human ?eval|mbpp|lambada|piqa"
    r"|boolq|squad|drop|triviaqa|(?:super)?glue|math|bbh|big-?bench|ifeval|gpqa|mteb|beir|aime|swe-?bench|livecodebench|mt-?bench"
    r"|imagenet|coco|librispeech|wikitext\d*|ptb|enwik\d|crows-?pairs|toxigen|agieval|c-?eval|cmmlu|mmmu|chartqa|docvqa|sts-?b|perplexity"
    r"|ppl|accuracy|acc(?:_norm)?|bleu|rouge(?:-?[12l])?|meteor|chrf|comet|wer|cer|f1|exact match|em|auroc|auc|ndcg|recall|precision|pass@\d+"
    r"|spearman|pearson|mse|mae|rmse|mase|wql|crps|fid|elo|win ?rate|map|iou|val(?:idation)? loss|eval loss|average score)\b",
    re.IGNORECASE,
)
_NOT_A_RESULT = re.compile(
    r"shots?\b|\bepoch|\bsteps?\b|param|\bsize|layers?\b|batch|learning rate|tokens|length|\byear|date|\bheads?\b|d_model|training loss",
    re.IGNORECASE,
)
_NUMBER = re.compile(
    r"[-+~≈<>]?\s{0,2}\d[\d,]{0,14}(?:\.\d{1,12})?\s{0,2}%?(?:\s{0,2}(?:±|\+/-|\(|/)[^|]{0,30})?"
)
_DECIMAL = re.compile(r"\d\.\d|\d\s?%")
_OUTPUT_HEADING = re.compile(
    r"(?:sample|example|generated|model)\s(?:\w+\s)?(?:outputs?|samples?|generations?|completions?|responses?|text)\b|^samples?$|^outputs?$",
    re.IGNORECASE,
)
_OUTPUT_LEAD = re.compile(
    r"(?:\boutputs?\b|\bresponse\b|\bprints?\b|\bproduces?\b|\bgenerates?\b|\bgenerated text\b|\bresult\b)[^.\n]{0,60}:\s*\**$",
    re.IGNORECASE,
)
_OUTPUT_COMMENT = re.compile(
    r"^\s{0,12}(?:#|//|>>>)?\s{0,4}(?:expected |sample |example |model )?(?:output|response|generated(?: text)?|answer)s?\s{0,2}:[ \t]{0,4}(.{0,200})",
    re.IGNORECASE | re.MULTILINE,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Results:
    """Numeric cells of evaluation tables, and one row of them."""

    cells: int = 0
    quote: str = ""
    line: int = 1


def _is_number(cell: str) -> bool:
    text = strip_tags(cell).replace("*", "").replace("`", "").strip()
    return bool(text) and len(text) < 48 and _NUMBER.fullmatch(text) is not None


def _table_cells(rows: list[Placed]) -> Iterator[tuple[Placed, int]]:
    """Each row of one table with how many of its cells are results."""
    heads = [row.block.cells for row in rows if row.block.head]
    head = tuple(cell for cells in heads for cell in cells)
    columns = heads[0] if len(heads) == 1 else ()
    skipped = {index for index, cell in enumerate(columns) if _NOT_A_RESULT.search(cell)}
    chosen = {index for index, cell in enumerate(columns) if _BENCHMARK.search(cell)} - skipped
    named = any(_BENCHMARK.search(cell) for cell in head)
    section = {"evaluation", "results"} & set(rows[0].slugs) or _BENCHMARK.search(rows[0].heading)
    for row in rows:
        if row.block.head:
            continue
        numbers = [i for i, cell in enumerate(row.block.cells) if i not in skipped and _is_number(cell)]
        labels = " ".join(cell for cell in row.block.cells[:2] if not _is_number(cell))
        if _BENCHMARK.search(labels):
            yield row, len(numbers)
        elif chosen:
            yield row, len([i for i in numbers if i in chosen])
        elif named or (section and _DECIMAL.search(row.block.text)):
            yield row, len([i for i in numbers if i > 0])


def read_results(placed: list[Placed]) -> Results:
    """How many evaluation results a document's tables hold."""
    tables: dict[int, list[Placed]] = {}
    for place in placed:
        if place.block.kind == BlockKind.ROW:
            tables.setdefault(place.block.table, []).append(place)
    total, best, best_row = 0, 0, None
    for rows in tables.values():
        slugs = rows[0].slugs
        if "training-data" in slugs and not {"evaluation", "results"} & set(slugs):
            continue  # data sets named after benchmarks, with their sizes
        for row, cells in _table_cells(rows):
            total += cells
            if cells > best:
                best, best_row = cells, row
    if best_row is None:
        return Results()
    quote = clip(" | ".join(plain(cell) for cell in best_row.block.cells))
    return Results(cells=total, quote=quote, line=best_row.block.line)


@dataclass(frozen=True, slots=True, kw_only=True)
class SampleOutput:
    """Text that a document shows as a model's output. `where` is section, fence or comment."""

    where: str
    quote: str
    line: int


def read_sample_outputs(placed: list[Placed]) -> Iterator[SampleOutput]:
    """Outputs shown, at most `SAMPLE_LIMIT`."""
    found, lead, heading_done = 0, "", ""
    for place in placed:
        block = place.block
        sample = None
        if block.kind == BlockKind.HEADING:
            lead = block.text
            continue
        if block.kind == BlockKind.CODE:
            comment = _OUTPUT_COMMENT.search(block.text[:50_000])
            if _OUTPUT_LEAD.search(lead.strip()[-160:]):
                sample = SampleOutput(where="fence", quote=clip(block.text), line=block.line)
            elif comment and (shown := _after(block.text, comment)):
                line = block.line + block.text.count("\n", 0, comment.start())
                sample = SampleOutput(where="comment", quote=shown, line=line)
        if sample is None and _OUTPUT_HEADING.search(place.heading) and place.heading != heading_done:
            shown = clip(plain(block.text))
            if len(shown) > 20 and block.kind != BlockKind.LINK:
                sample = SampleOutput(where="section", quote=shown, line=block.line)
                heading_done = place.heading
        lead = block.text
        if sample is not None:
            found += 1
            yield sample
            if found >= SAMPLE_LIMIT:
                return


def _after(text: str, comment: re.Match[str]) -> str:
    """What stands after an `Output:` comment: the same line, or the commented lines that follow."""
    rest = comment[1].strip() or text[comment.end() : comment.end() + 300].strip()
    return clip(rest.lstrip("#/ ")) if len(rest) > 3 else ""
