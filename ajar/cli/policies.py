"""`ajar policy`: look at a policy, try it, write one."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from ajar.cli.printing import network, options_of, output, show, text_or_json, write
from ajar.errors import ExitCode, UsageError

if TYPE_CHECKING:
    from ajar.policy.examples import Tried

_PRESETS = (
    "safe-to-load",
    "commercial-product",
    "research",
    "open-source-only",
    "eu-open-source-exemption",
    "air-gapped",
)
_DOORS = ("chained", "ajar", "open", "wide-open")
SCHEMA_FILE = "ajar-policy-1.json"


@click.group()
def policy() -> None:
    """Policies for `ajar gate`: show one, try its examples, write one.

    \b
    Examples:
      ajar policy show commercial-product
      ajar policy init --extends safe-to-load --door ajar -o policy.yaml
      ajar policy test policy.yaml
    """


@policy.command("show")
@click.argument("policy_name", metavar="[PRESET|FILE]", required=False)
@output
def show_(policy_name: str | None, output: Path | None) -> int:
    """Show a preset as it is written, or the rules of FILE with those of what it extends; or list the presets.

    \b
    Examples:
      ajar policy show
      ajar policy show air-gapped -o policy.yaml
      ajar policy show policy.yaml
    """
    from ajar import gating
    from ajar import policy as policies
    from ajar.reports.plain import visible

    if policy_name is None:
        rows = [gating.load_policy(name) for name in policies.PRESETS]
        write("\n".join(f"{row.name:<26}{' '.join(row.about.split())}" for row in rows), output)
    elif policy_name in policies.PRESETS and not Path(policy_name).is_file():
        write(policies.preset_text(policy_name), output)
    else:
        found = gating.load_policy(policy_name)
        lines = [f"{found.name}: what cannot be decided ends as {found.on_unknown}"]
        lines += [f"{name}: {json.dumps(rule, ensure_ascii=False)}" for name, rule in found.rules.items()]
        lines += [
            f"waived until {item.expires} by {item.owner}: {item.rule} for {item.target} ({item.reason})"
            for item in found.waivers
        ]
        write("\n".join(map(visible, lines)), output)
    return ExitCode.OK


@policy.command("schema")
@output
def schema_(output: Path | None) -> int:
    """Print the JSON Schema of policies, for editors and other checkers.

    \b
    Example:
      ajar policy schema -o ajar-policy-1.json
    """
    write(_schema_text(), output)
    return ExitCode.OK


def _schema_text() -> str:
    from ajar import policy as policies

    return json.dumps(policies.schema(), indent=2, ensure_ascii=False) + "\n"


@policy.command("test")
@click.argument("policy_name", metavar="FILE|PRESET")
@text_or_json
@output
@click.option("--today", metavar="DATE", help="The day that ages are counted to, as 2026-12-31.")
@network
def test_(
    policy_name: str, form: str, output: Path | None, today: str | None, offline: bool, no_cache: bool
) -> int:
    """Try the examples of a policy: exit with 1 when one does not end as it says.

    \b
    Examples:
      ajar policy test policy.yaml
      ajar policy test commercial-product
    """
    from ajar import gating
    from ajar.cli.gating import day_of

    found = gating.load_policy(policy_name)
    if not found.examples:
        raise UsageError(f"{policy_name}: holds no examples", hint="add some under `examples:`")
    options = options_of(offline=offline, no_cache=no_cache)
    tried = gating.try_policy(found, Path(policy_name).parent, options, day_of(today))
    write(_tried_json(found.name, tried) if form == "json" else _tried_text(found.name, tried), output)
    return ExitCode.OK if all(item.holds for item in tried) else ExitCode.POLICY


def _tried_text(name: str, tried: tuple[Tried, ...]) -> str:
    from ajar.reports.plain import visible

    lines = [visible(name)]
    for item in tried:
        lines.append(f"  {'✓' if item.holds else '✗'} {item.name}: {item.got}")
        if not item.holds:
            wanted = f" by {', '.join(item.wanted_fails)}" if item.wanted_fails else ""
            lines.append(f"      expected: {item.expected}{wanted}")
            lines += [f"      {why}" for why in item.why] or ["      no rule fails"]
    held = sum(item.holds for item in tried)
    return "\n".join(map(visible, [*lines, f"{held} of {len(tried)} end as they should"]))


def _tried_json(name: str, tried: tuple[Tried, ...]) -> str:
    rows = [
        {
            "name": item.name,
            "holds": item.holds,
            "expected": item.expected,
            "got": item.got,
            "fails": list(item.fails),
            "why": list(item.why),
        }
        for item in tried
    ]
    return json.dumps(
        {"schema": "ajar-policy-test/1", "policy": name, "examples": rows}, indent=2, ensure_ascii=False
    )


@policy.command("init")
@click.option("--extends", type=click.Choice(_PRESETS), help="The preset to begin with.")
@click.option("--name", help="The policy's name.")
@click.option("--door", type=click.Choice(_DOORS), help="The least open door that passes.")
@click.option("--allow", multiple=True, metavar="LICENCE", help="A licence that the weights may be under.")
@click.option("--use", multiple=True, metavar="TEXT", help="What you want to do, in plain words.")
@click.option(
    "--on-unknown", type=click.Choice(["fail", "warn", "pass"]), help="What becomes of the undecided."
)
@click.option(
    "--schema/--no-schema", default=True, show_default=True, help="Write the schema for editors beside it."
)
@click.option("--force", is_flag=True, help="Write over a file that is there.")
@click.option(
    "-o",
    "--output",
    type=click.Path(dir_okay=False, path_type=Path),
    default="policy.yaml",
    show_default=True,
    help="The policy's file.",
)
def init_(
    extends: str | None,
    name: str | None,
    door: str | None,
    allow: tuple[str, ...],
    use: tuple[str, ...],
    on_unknown: str | None,
    schema: bool,
    force: bool,
    output: Path,
) -> int:
    """Write a policy. On a terminal it asks for what no option says; elsewhere the options say it all.

    \b
    Examples:
      ajar policy init
      ajar policy init --extends commercial-product --use "commercial use at 2 million users in DE"
      ajar policy init --allow MIT --allow Apache-2.0 --door ajar -o models.yaml
    """
    from ajar import gating

    if sys.stdin.isatty() and not (extends or door or allow or use):
        extends, door, allow, use = _asked()
    if not (extends or door or allow or use):
        raise UsageError("nothing to ask for", hint="give --extends, --door, --allow or --use")
    value: dict[str, Any] = {"schema": "ajar-policy/1", "name": name or output.stem}
    value |= {"extends": extends} if extends else {}
    value |= {"on-unknown": on_unknown} if on_unknown else {}
    value |= {"openness": {"g7": {"min": door}}} if door else {}
    value |= {"licences": {"weights": {"allow": list(allow)}}} if allow else {}
    value |= {"rights": [{"use": text, "accept": "conditional"} for text in use]} if use else {}
    text = _policy_text(value, schema=schema)
    gating.read_policy(text, str(output))
    if (
        output.exists()
        and not force
        and not (sys.stdin.isatty() and click.confirm(f"{output} is there; write over it?"))
    ):
        raise UsageError(f"{output}: is there already", hint="give another path with -o, or --force")
    write(text, output)
    if schema:
        write(_schema_text(), output.parent / SCHEMA_FILE)
    show(f"{output}: try it with: ajar gate TARGET --policy {output}")
    return ExitCode.OK


def _asked() -> tuple[str | None, str | None, tuple[str, ...], tuple[str, ...]]:
    """The questions, each with an answer that leaves it out."""
    extends = click.prompt(
        "Begin with which preset", type=click.Choice(["none", *_PRESETS]), default="safe-to-load"
    )
    door = click.prompt("Least open door", type=click.Choice(["none", *_DOORS]), default="none")
    allow = click.prompt(
        "Licences the weights may be under, with commas (empty: any)", default="", show_default=False
    )
    use = click.prompt(
        "What you want to do, in plain words (empty: not asked)", default="", show_default=False
    )
    return (
        None if extends == "none" else extends,
        None if door == "none" else door,
        tuple(word.strip() for word in allow.split(",") if word.strip()),
        (use.strip(),) if use.strip() else (),
    )


def _policy_text(value: dict[str, Any], *, schema: bool) -> str:
    import yaml

    line = f"# yaml-language-server: $schema={SCHEMA_FILE}\n" if schema else ""
    body: str = yaml.safe_dump(value, sort_keys=False, allow_unicode=True, width=100)
    return line + body
