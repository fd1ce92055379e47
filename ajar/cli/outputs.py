"""What `ajar audit --format` can print. One row a format; the module is loaded when it is asked for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib import import_module  # noqa: TID251  ajar's own modules, by the table below
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ajar.model.report import Report
    from ajar.model.waiver import Waivers
    from ajar.reports._places import Anchor


@dataclass(frozen=True, slots=True, kw_only=True)
class Output:
    """One format: its id, what it is, the module in `ajar.reports`, and how several reports go into one."""

    id: str
    about: str
    module: str
    suffix: str
    several: bool = True  # one document holds several reports; otherwise there is one a report
    anchored: bool = False  # shows what a host has at the line of the project that names it
    spec: str = ""


OUTPUTS: tuple[Output, ...] = (
    Output(id="text", about="the card, for a terminal", module="terminal", suffix=".txt", several=False),
    Output(id="json", about="the whole report", module="json_v1", suffix=".json", several=False),
    Output(id="html", about="the whole report as one page", module="html", suffix=".html", several=False),
    Output(id="markdown", about="the report as a page for a repository or a review", module="markdown", suffix=".md", spec="https://github.github.com/gfm/"),
    Output(id="csv", about="a row a release, for spreadsheets", module="table_csv", suffix=".csv", spec="https://www.rfc-editor.org/rfc/rfc4180"),
    Output(id="sarif", about="findings for code scanning", module="sarif", suffix=".sarif", anchored=True, spec="https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html"),
    Output(id="junit", about="findings as test cases, for build servers", module="junit", suffix=".xml", spec="https://github.com/windyroad/JUnit-Schema"),
    Output(id="github-annotations", about="findings as marks in a pull request", module="github_annotations", suffix=".txt", anchored=True, spec="https://docs.github.com/actions/reference/workflow-commands-for-github-actions"),
    Output(id="github-summary", about="a page for the summary of a job", module="github_summary", suffix=".md", spec="https://docs.github.com/actions/reference/workflow-commands-for-github-actions"),
    Output(id="cyclonedx", about="CycloneDX 1.7 ML-BOM", module="cyclonedx", suffix=".cdx.json", spec="https://cyclonedx.org/docs/1.7/json/"),
    Output(id="spdx", about="SPDX 3.0.1 with AI and Dataset profiles", module="spdx", suffix=".spdx3.json", spec="https://spdx.github.io/spdx-spec/v3.0.1/"),
    Output(id="openvex", about="OpenVEX 0.2.0: what stands in the way of loading, and what is let stand", module="openvex", suffix=".vex.json", spec="https://github.com/openvex/spec"),
    Output(id="mot", about="a record for the Model Openness Tool", module="mot", suffix=".yml", several=False, spec="https://github.com/lfai/model_openness_tool"),
    Output(id="osai", about="a row for the European Open Source AI Index", module="osai", suffix=".yaml", several=False, spec="https://osai-index.eu/contribute"),
    Output(id="badge", about="an SVG badge of the door and the class", module="badge", suffix=".svg", several=False, spec="https://www.w3.org/TR/SVG2/"),
)  # fmt: skip

BY_ID: Mapping[str, Output] = {output.id: output for output in OUTPUTS}
OWN = frozenset({"text", "json", "html"})
"""Formats of ajar's own, whose modules take one report and options."""


def render(
    form: str,
    reports: Sequence[Report],
    *,
    waivers: Waivers | None = None,
    anchors: Mapping[str, Anchor] | None = None,
) -> str:
    """The document of a format that other tools read. Its module's `render` takes reports and waivers."""
    output = BY_ID[form]
    module = import_module(f"ajar.reports.{output.module}")
    more = {"anchors": anchors or {}} if output.anchored else {}
    text: str = module.render(reports, waivers=waivers or {}, **more)
    return text


def anchors_of(form: str, reports: Sequence[Report], project: Path | None) -> Mapping[str, Anchor]:
    """Where the project names each model on a host: a finding about its file is shown at a line that is here."""
    if not BY_ID[form].anchored or all(report.release.locator.scheme == "file" for report in reports):
        return {}
    from ajar.model.locator import Locator
    from ajar.projects import uses
    from ajar.reports._places import Anchor

    root = project or Path()
    found: dict[str, Anchor] = {}
    for use in uses(root):
        locator = Locator.parse(use.target)
        place = use.path if root.is_file() else (root / use.path).as_posix()
        found.setdefault(f"{locator.scheme}:{locator.name}", Anchor(path=place, line=use.line))
    return found
