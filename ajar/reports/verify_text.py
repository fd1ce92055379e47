"""What `ajar verify` prints: the answer first, then whose word it rests on, then every file that is not as signed."""

from __future__ import annotations

from collections.abc import Iterator

from ajar.model.verification import DigestBasis, FileCheck, FileState, Verification
from ajar.reports._json_text import dumps as json_text
from ajar.reports.plain import size_words, visible

SCHEMA = "ajar-verification/1"
_SHOWN = 20  # files of a kind; all of them with -v, and in JSON
_WORDS = {
    FileState.CHANGED: "changed",
    FileState.MISSING: "missing",
    FileState.UNLISTED: "not listed",
    FileState.UNREAD: "not checked",
}


def render(found: Verification, *, verbose: bool = False) -> str:
    """The answer as text."""
    return "\n".join(_lines(found, verbose=verbose)) + "\n"


def dumps(found: Verification) -> str:
    """The answer as JSON, `ajar-verification/1`."""
    return json_text(
        {
            "schema": SCHEMA,
            "target": found.target,
            "revision": found.revision,
            "verified": found.verified,
            "kind": found.kind,
            "against": found.against,
            "signer": {"kind": found.signer.kind, "words": found.signer.words, "shown": found.signer.shown},
            "method": found.method,
            "algorithm": found.algorithm,
            "problems": list(found.problems),
            "notes": list(found.notes),
            "ignored": list(found.ignored),
            "files": [
                {
                    "path": file.path,
                    "state": file.state.value,
                    "basis": file.basis.value,
                    "expected": file.expected,
                    "actual": file.actual,
                    "why": file.why,
                }
                for file in found.files
            ],
            "cost": {"bytes_hashed": found.bytes_hashed, "seconds": found.seconds},
        }
    )


def _lines(found: Verification, *, verbose: bool) -> Iterator[str]:
    yield f"{'✓' if found.verified else '✗'} {visible(headline(found))}"
    for problem in found.problems:
        yield f"  {visible(problem)}"
    if found.signer.shown:
        yield f"  signed by {visible(found.signer.words)}"
    elif found.kind == "signature" and found.signer.kind != "none":
        yield f"  signed by {visible(found.signer.words)}, which was not checked: give --key, --certificate or --identity"
    yield from _files(found, verbose=verbose)
    for note in found.notes:
        yield f"  {visible(note)}"
    if found.ignored and verbose:
        yield f"  left out by the signer: {visible(', '.join(found.ignored[:_SHOWN]))}"
    if found.bytes_hashed:
        speed = found.bytes_hashed / max(found.seconds, 1e-9)
        yield f"  {size_words(found.bytes_hashed)} hashed in {found.seconds:.2f} s ({size_words(round(speed))}/s)"


def headline(found: Verification) -> str:
    """The answer in one line."""
    where = f"{found.target}" + (f" against {found.against}" if found.against else "")
    if found.verified:
        return f"verified: {where}"
    listed = [file for file in found.files if file.state is not FileState.UNLISTED]
    same = all(file.state is FileState.SAME for file in listed)
    if found.kind == "signature" and found.against and not found.problems and same and not found.signer.shown:
        return f"signed, not verified: {where}"
    return f"not verified: {where}"


def _files(found: Verification, *, verbose: bool) -> Iterator[str]:
    same = found.of(FileState.SAME)
    if found.files:
        read = sum(file.basis is DigestBasis.READ for file in same)
        told = f", {len(same) - read} of them by the host's word" if len(same) > read else ""
        yield f"  {len(same)} of {len(found.files)} files are as {'listed' if found.kind == 'list' else 'signed'}{told}"
    for state, word in _WORDS.items():
        files = found.of(state)
        limit = len(files) if verbose else _SHOWN
        for file in files[:limit]:
            yield _file(file, word)
        if len(files) > limit:
            yield f"    and {len(files) - limit} more {word}; -v shows all"


def _file(file: FileCheck, word: str) -> str:
    digests = (
        f" ({file.expected[:12]}… wanted, {file.actual[:12]}… found)" if file.actual and file.expected else ""
    )
    return f"  {word:<12}{visible(file.path)}: {visible(file.why)}{digests}"
