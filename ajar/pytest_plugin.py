"""For pytest: the fixture `ajar_audit`, and `ajar_gate` with `--ajar-policy`.

pytest loads this module in every run of an environment that has ajar; nothing else of ajar is loaded
until a fixture is used.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pathlib import Path

    from ajar.config import Options
    from ajar.model.gate import GateReport
    from ajar.model.report import Report

Audit = Callable[..., "Report"]
GateFunction = Callable[..., "GateReport"]


def pytest_addoption(parser: pytest.Parser) -> None:
    """`--ajar-policy`, or `ajar_policy` in the settings of pytest; `--ajar-offline`."""
    group = parser.getgroup("ajar")
    group.addoption(
        "--ajar-policy", metavar="FILE|PRESET", help="the policy that ajar_gate holds releases against"
    )
    group.addoption("--ajar-offline", action="store_true", help="ajar uses no network")
    parser.addini("ajar_policy", "the policy that ajar_gate holds releases against")


@pytest.fixture(scope="session")
def ajar_audit(pytestconfig: pytest.Config) -> Audit:
    """`ajar_audit(target)` gives the report on a release; each target is audited once a session."""
    from ajar.pipeline import audit

    known: dict[str, Report] = {}

    def run(target: str | Path) -> Report:
        name = str(target)
        if name not in known:
            known[name] = audit(name, _options(pytestconfig))
        return known[name]

    return run


@pytest.fixture(scope="session")
def ajar_gate(pytestconfig: pytest.Config) -> GateFunction:
    """`ajar_gate(target, …, policy=…)` fails the test, with every reason, when a release does not pass."""
    from datetime import UTC, datetime

    from ajar import gating
    from ajar.reports import gate_text

    default = pytestconfig.getoption("--ajar-policy") or pytestconfig.getini("ajar_policy")

    def run(*targets: str | Path, policy: str | Path | None = None) -> GateReport:
        __tracebackhide__ = True
        name = str(policy or default or "")
        if not name:
            pytest.fail("no policy: give --ajar-policy, ajar_policy in the settings, or policy=…")
        gate = gating.Gate(policy=gating.load_policy(name), today=datetime.now(UTC).date())
        report = gating.run(gate, [str(target) for target in targets], _options(pytestconfig))
        if not report.passed:
            pytest.fail(gate_text.render(report, verbose=False, colour=False, width=100), pytrace=False)
        return report

    return run


def _options(config: pytest.Config) -> Options:
    from ajar.config import Options

    return Options(offline=bool(config.getoption("--ajar-offline")))
