"""Rules of a policy that cannot hold together, names that no licence bears, questions that are not understood."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any

from ajar import rights
from ajar.errors import UsageError
from ajar.model.component import Licence, Openness
from ajar.policy.licence_names import named
from ajar.schema_check import Fault

_OPEN = frozenset({Openness.OPEN_SOURCE, Openness.OPEN_CONTENT})


def find(rules: Mapping[str, Any], value: Mapping[str, Any]) -> Iterator[Fault]:
    """Every contradiction, with the pointer of the rule it stands in. `value` is the file's own data."""
    for name, rule in rules.items():
        at = f"/{name.replace('.', '/')}"
        if name.startswith("licences."):
            yield from _licences(rule, at)
        elif name == "lineage":
            yield from _both(rule, at)
            yield from _known(rule, "deny-licences", at)
        elif name == "formats":
            yield from _both(rule, at)
        elif name == "rights":
            yield from _rights(rule, at)
    age = rules.get("age", {})
    if age.get("min-days", 0) > age.get("max-days", float("inf")):
        yield Fault(pointer="/age", message="min-days is more than max-days: nothing could pass")
    signature = rules.get("signature", {})
    if not signature.get("required", True) and "signers" in signature:
        yield Fault(pointer="/signature", message="names signers and asks for no signature")
    for section, key in (("formats", None), ("evidence", None), ("age", None), ("findings", None)):
        rule = rules.get(section)
        if rule is not None and not set(rule) - {"on-unknown", "since", key}:
            yield Fault(pointer=f"/{section}", message="asks for nothing")
    for number, waiver in enumerate(value.get("waivers", ())):
        try:
            date.fromisoformat(waiver["expires"])
        except ValueError:
            yield Fault(
                pointer=f"/waivers/{number}/expires", message=f"{waiver['expires']} is no day of the calendar"
            )


def _both(rule: Mapping[str, Any], at: str) -> Iterator[Fault]:
    for name in sorted(set(rule.get("allow", ())) & set(rule.get("deny", ()))):
        yield Fault(pointer=f"{at}/deny", message=f"{name} is both allowed and denied")


def _known(rule: Mapping[str, Any], key: str, at: str) -> Iterator[Fault]:
    for number, text in enumerate(rule.get(key, ())):
        try:
            named(text)
        except UsageError as error:
            yield Fault(pointer=f"{at}/{key}/{number}", message=f"{error.message}; {error.hint}")


def _licences(rule: Mapping[str, Any], at: str) -> Iterator[Fault]:
    unknown = [*_known(rule, "allow", at), *_known(rule, "deny", at)]
    yield from unknown
    if unknown:
        return
    if not set(rule) - {"on-unknown", "basis"} and rule.get("basis") != "verified":
        yield Fault(pointer=at, message="asks for nothing; give allow, deny, kind or deny-limits")
    for number, text in enumerate(rule.get("deny", ())):
        if any(len(one) > 1 for one in named(text).alternatives):
            yield Fault(
                pointer=f"{at}/deny/{number}", message="AND in a denial: deny the licence that must not be"
            )
    denied = {item.id for text in rule.get("deny", ()) for item in named(text).licences}
    for number, text in enumerate(rule.get("allow", ())):
        place = f"{at}/allow/{number}"
        for licence in named(text).licences:
            if licence.id in denied:
                yield Fault(pointer=place, message=f"{licence.id} is both allowed and denied")
            yield from _ruled_out(licence, rule, place)


def _ruled_out(licence: Licence, rule: Mapping[str, Any], place: str) -> Iterator[Fault]:
    kind = rule.get("kind", "any")
    if (kind == "open-source" and licence.openness is not Openness.OPEN_SOURCE) or (
        kind == "open" and licence.openness not in _OPEN
    ):
        yield Fault(pointer=place, message=f"{licence.id} is allowed, and `kind: {kind}` rules it out")
    for limit in sorted(set(licence.limits) & set(rule.get("deny-limits", ()))):
        yield Fault(pointer=place, message=f"{licence.id} is allowed, and its limit {limit} is denied")


def _rights(rules: Sequence[Mapping[str, Any]], at: str) -> Iterator[Fault]:
    seen: dict[object, str] = {}
    for number, rule in enumerate(rules):
        place = f"{at}/{number}/use"
        plan = rights.plan_of(rule["use"])
        if plan.unread:
            words = ", ".join(plan.unread[:5])
            yield Fault(pointer=place, message=f"not understood: {words}; say it as for `ajar licence --for`")
        elif (
            not (plan.acts or plan.field or plan.territories or plan.users or plan.revenue_usd)
            and plan.is_commercial is None
        ):
            yield Fault(
                pointer=place, message="says no use; for instance: commercial use, fine-tune, host as an API"
            )
        if plan in seen and seen[plan] != rule.get("accept", "yes"):
            yield Fault(pointer=place, message="the same use is asked twice with different answers accepted")
        seen[plan] = rule.get("accept", "yes")
