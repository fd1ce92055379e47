"""Audits a target as a user would, and holds the JSON report to its published schema."""

from __future__ import annotations

import json
import subprocess
import sys
from importlib.resources import files

import jsonschema_rs


def main(target: str) -> int:
    """Exit code 0 when the report is valid."""
    command = [sys.executable, "-m", "ajar", "audit", target, "--format", "json", "--quiet"]
    report = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
    schema = json.loads(files("ajar.reports").joinpath("schema", "ajar-report-1.json").read_text("utf-8"))
    errors = [error.message for error in jsonschema_rs.validator_for(schema).iter_errors(report)]
    print("\n".join(errors) or f"{report['schema']}: valid, door {report['door']['at_least']}")
    return 1 if errors else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
