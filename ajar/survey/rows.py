"""From a report to a row of the store, and to the JSON that is stored."""

from __future__ import annotations

import json
import re
from collections import Counter
from datetime import UTC, datetime
from typing import Any

from ajar.config import VERSION
from ajar.model.component import MatchKind, Scope
from ajar.model.evidence import Basis
from ajar.model.judgement import Severity
from ajar.model.report import Report
from ajar.survey.schema import Row, fitted, moment

_SHARD = re.compile(r"-\d{5}-of-\d{5}\.")
_STATED = (Basis.VERIFIED, Basis.DECLARED)
_UNSAFE = ("caution", "dangerous")


def failed_row(target: str, listed: Row, depth: str, reason: str, detail: str) -> Row:
    """The row of a release that could not be audited: what the listing knows, and why."""
    return fitted({**_listed(target, listed, depth), "state": "failed", "reason": reason, "detail": detail})


def listed_row(target: str, listed: Row) -> Row:
    """The row of a release of which the listing alone is asked."""
    return fitted({**_listed(target, listed, "metadata"), "state": "done"})


def row_of(report: Report, target: str, listed: Row, depth: str) -> Row:
    """The row of an audited release. What its listing says of it stands before what its host said later."""
    said = {item.key: item.value for item in report.evidence if item.key.startswith("host.")}
    own = _maker_of(report, listed)
    row: Row = {
        **_from_host(said),
        **own,
        **_listed(target, listed, depth),
        "state": "done",
        "locator": str(report.release.locator),
        "revision": report.release.revision or listed.get("revision"),
        "title": listed.get("title") or report.title,
        **_levels(report),
        **_licences(report),
        **_findings(report),
        **_contents(report, listed),
        "claims_said": [claim.says for claim in report.claims],
        "claims_found": [claim.finding.value for claim in report.claims],
        "gaps": len(report.gaps),
        "parts_inside": len(report.releases),
        "bytes_read": report.cost.bytes_read,
        "requests": report.cost.requests,
        "seconds": report.cost.seconds,
    }
    if depth == "safety":
        row["safety_level"] = report.safety.level
        row["unsafe_files"] = sum(file.level in _UNSAFE for file in report.safety.files)
    return fitted(row)


def stored_json(report: Report) -> bytes:
    """The report as it is stored: compact, and without what it cost, which is no part of what was found."""
    from ajar.reports import json_v1

    data = json_v1.to_json(report)
    for one in (data, *data["releases"]):
        one["cost"] |= {"bytes_read": 0, "requests": 0, "seconds": 0}
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":"))
    return text.encode("utf-8", "backslashreplace")


def _listed(target: str, listed: Row, depth: str) -> Row:
    now = datetime.now(UTC).strftime("%Y-%m-%d %H:%M:%S")
    return {**listed, "target": target, "depth": depth, "ajar_version": VERSION, "audited": now}


def _maker_of(report: Report, listed: Row) -> Row:
    """For a target that no listing described."""
    from ajar.survey.listing import maker

    account = report.title.rpartition("/")[0]
    return {} if listed.get("maker") or not account else maker(account)


def _from_host(said: dict[str, Any]) -> Row:
    created = moment(said.get("host.created"))
    gated = said.get("host.gated")
    return {
        "created": created,
        "last_modified": moment(said.get("host.last-modified")),
        "year": int(created[:4]) if created else None,
        "downloads": said.get("host.downloads"),
        "likes": said.get("host.likes"),
        "tagged_licence": said.get("host.licence"),
        "gated": "no" if gated is False else gated,
    }


def _levels(report: Report) -> Row:
    found: Row = {}
    for verdict in report.verdicts:
        name = "door" if verdict.instrument == "g7" else verdict.instrument.replace("-", "_")
        for bound in ("at_least", "declared", "at_most"):
            found[f"{name}_{bound}"] = getattr(verdict, bound)
    found["moved_by"] = next(iter(report.verdict("g7").moved_by), None)
    return found


def _licences(report: Report) -> Row:
    ordered = sorted(report.licences, key=lambda match: Scope.WEIGHTS not in match.applies_to)
    strongest: dict[str, str] = {}
    kinds = list(MatchKind)
    for match in ordered:
        known = strongest.get(match.licence.id)
        if known is None or kinds.index(match.match) < kinds.index(MatchKind(known)):
            strongest[match.licence.id] = match.match.value
    on_weights = {
        match.licence.id: match.licence.osi for match in ordered if Scope.WEIGHTS in match.applies_to
    }
    answer = next((right.answer for right in report.rights if right.id == "commercial-use"), None)
    return {
        "licences": list(strongest),
        "licence_matches": list(strongest.values()),
        "weights_licence": " AND ".join(on_weights) or None,
        "is_osi": all(on_weights.values()) if on_weights else None,
        "commercial_use": answer,
    }


def _findings(report: Report) -> Row:
    counted = Counter(finding.severity for finding in report.findings)
    return {
        **{f"findings_{severity.value}": counted[severity] for severity in Severity},
        "rules": sorted({finding.rule for finding in report.findings}),
    }


def _contents(report: Report, listed: Row) -> Row:
    present = [part.kind.value for part in report.components if part.state in _STATED]
    found: Row = {
        "formats": sorted({file.format for file in report.files}),
        "weight_formats": sorted({file.format for file in report.files if file.family == "weights"}),
        "files": len(report.release.files),
        "size_bytes": report.release.size_bytes,
        "base_models": list(report.control.base_models),
        "components_present": len(present),
        "components": present,
    }
    if listed.get("parameters") is None:
        found["parameters"] = _parameters(report)
    return found


def _parameters(report: Report) -> int | None:
    """Shards of one set add up; of several sets, such as quantised variants, the largest counts."""
    counts: dict[str, int] = {}
    for item in report.evidence:
        if item.key == "weights.parameter-count" and isinstance(item.value, int):
            path = item.location.path
            group = _SHARD.sub(".", path)
            counts[group] = counts.get(group, 0) + item.value
    return max(counts.values(), default=None)
