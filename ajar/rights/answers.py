"""A plan held against terms: each part answered from the clause that decides it, the worst first.

The strictest of the terms decides each part. Silence is a yes only where the terms say it is.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace

from ajar.model.evidence import Location
from ajar.model.terms import Answer, Clause, Facet, Plan, Terms
from ajar.rights.musts import display_must, gate_must, keep_out, keep_to, name_must, pass_on_must, register
from ajar.rights.places import covers, overlaps

WORST_FIRST = ("no", "unknown", "conditional", "yes")
_GATES = frozenset({"ask-licence", "rights-end", "limit", "royalty"})
_OUTPUTS_NO = frozenset({"may-not-train", "owned-by-licensor"})


@dataclass(frozen=True, slots=True)
class Found:
    """What one set of terms says to one part."""

    answer: str
    clause: Clause | None = None
    must: tuple[str, ...] = ()
    licence: str = field(default="", compare=False)


Reader = Callable[[Terms, Plan], Found]


def answer(plan: Plan, *terms: Terms) -> tuple[Answer, ...]:
    """Every part of a plan, worst first. Without terms every part is unknown."""
    parts = tuple(_decided(about, reader, plan, terms) for about, reader in _parts(plan))
    return tuple(sorted(parts, key=lambda part: WORST_FIRST.index(part.answer)))


def overall(answers: Iterable[Answer]) -> str:
    """The worst of the answers; unknown when there is none."""
    return min((item.answer for item in answers), key=WORST_FIRST.index, default="unknown")


def _parts(plan: Plan) -> Iterator[tuple[str, Reader]]:
    acts = dict.fromkeys(plan.acts or ("use",))
    if plan.is_commercial is not None or "sell" in acts:
        yield ("commercial use" if plan.is_commercial is not False else "non-commercial use"), commercial
    for act in acts:
        yield act, _ACTS.get(act, use)
    if plan.users is not None:
        yield f"{plan.users:,} monthly users", at_scale
    if plan.revenue_usd is not None:
        yield f"${plan.revenue_usd:,} revenue a year", at_scale
    for territory in plan.territories:
        yield f"in {territory}", _territory_reader(territory)
    for territory in plan.not_in:
        yield f"not in {territory}", lambda terms, _: Found("yes", _first(terms, Facet.TERRITORY))
    for use_field in plan.field:
        yield f"field: {use_field}", _field_reader(use_field)


def _decided(about: str, reader: Reader, plan: Plan, terms: Sequence[Terms]) -> Answer:
    found = decide(reader, plan, terms)
    return Answer(
        about=about,
        answer=found.answer,
        must=found.must,
        quote=found.clause.quote if found.clause else "",
        location=location_of(found.clause),
        licence=found.licence,
    )


def decide(reader: Reader, plan: Plan, terms: Sequence[Terms]) -> Found:
    """The strictest of what all terms say; duties of the others are added to it."""
    if not terms:
        return Found("unknown")
    found = [replace(reader(item, plan), licence=item.licence) for item in terms]
    worst = min(found, key=lambda one: (WORST_FIRST.index(one.answer), one.clause is None))
    if worst.answer in {"yes", "conditional"}:
        must = tuple(dict.fromkeys(duty for one in found for duty in one.must))
        return replace(worst, must=must)
    return worst


def location_of(clause: Clause | None) -> Location | None:
    """Where the words of a clause stand, when they were found in a file."""
    return Location(path=clause.path, line=clause.line) if clause is not None and clause.path else None


def _first(terms: Terms, facet: Facet, *values: str) -> Clause | None:
    return next((item for item in terms.of(facet) if not values or item.value in values), None)


def _checked(terms: Terms, *facets: Facet) -> Found | None:
    for facet in facets:
        clause = _first(terms, facet, "check")
        if clause is not None:
            return Found("unknown", clause)
    return None


def _granted(terms: Terms, facet: Facet) -> Found:
    """A grant, or silence."""
    clause = _first(terms, facet, "yes", "free")
    if clause is not None:
        return Found("yes" if terms.is_known else "unknown", clause)
    return Found("yes" if terms.silence_permits else "unknown")


def _grant_words(terms: Terms) -> Clause | None:
    return next(
        (
            clause
            for facet in (Facet.COMMERCIAL_USE, Facet.MODIFICATION, Facet.REDISTRIBUTION)
            for clause in terms.of(facet)
            if clause.value == "yes"
        ),
        None,
    )


# --- readers: one part each


def use(terms: Terms, plan: Plan) -> Found:
    """Mere use: every licence that grants anything lets it be used, within its field."""
    if plan.is_commercial:
        return commercial(terms, plan)
    check = _checked(terms, Facet.COMMERCIAL_USE, Facet.FIELD_OF_USE)
    if check is not None:
        return check
    limits = _limits(terms)
    clause = limits[0] if limits else _grant_words(terms)
    if limits:
        return Found("conditional", clause, (keep_to(limits),))
    if terms.silence_permits or (clause is not None and terms.is_known):
        return Found("yes", clause)
    return Found("unknown", clause)


def commercial(terms: Terms, plan: Plan) -> Found:
    if plan.is_commercial is False:
        return use(terms, plan)
    barred = _first(terms, Facet.COMMERCIAL_USE, "no")
    if barred is not None:
        return Found("no", barred)
    check = _checked(terms, Facet.COMMERCIAL_USE)
    if check is not None:
        return check
    conditional = _first(terms, Facet.COMMERCIAL_USE, "conditional")
    musts = [register(clause) for clause in terms.of(Facet.REGISTRATION)]
    gates = [clause for clause in terms.of(Facet.THRESHOLD) if clause.value in _GATES]
    if conditional is None and not gates:
        granted = _granted(terms, Facet.COMMERCIAL_USE)
        return granted if granted.clause else replace(granted, clause=_grant_words(terms))
    verdicts = [(clause, _against(clause, plan)) for clause in gates]
    over = next((clause for clause, verdict in verdicts if verdict == "over"), None)
    if over is not None:
        return Found("no", over, (gate_must(over),))
    musts += [gate_must(clause) for clause, verdict in verdicts if verdict == "open"]
    if gates and not musts and terms.is_known:
        return Found("yes", gates[0])
    return Found("conditional", conditional or gates[0], tuple(musts) or ("meet the condition quoted",))


def at_scale(terms: Terms, plan: Plan) -> Found:
    barred = _first(terms, Facet.COMMERCIAL_USE, "no")
    if barred is not None:
        return Found("no", barred)
    check = _checked(terms, Facet.THRESHOLD)
    if check is not None:
        return check
    clauses = terms.of(Facet.THRESHOLD)
    if not clauses:
        granted = _granted(terms, Facet.COMMERCIAL_USE)
        return granted if granted.clause else replace(granted, clause=_grant_words(terms))
    asked = plan.users is not None or plan.revenue_usd is not None
    verdicts = [(clause, _against(clause, plan)) for clause in clauses]
    over = [clause for clause, verdict in verdicts if verdict == "over"]
    barring = next((clause for clause in over if clause.value in _GATES), None)
    if barring is not None:
        return Found("no", barring, (gate_must(barring),))
    if over:
        return Found("conditional", over[0], (gate_must(over[0], terms),))
    open_gates = [clause for clause, verdict in verdicts if verdict == "open"]
    if open_gates and not (asked and all(verdict == "under" for _, verdict in verdicts if verdict != "open")
                           and any(verdict == "under" for _, verdict in verdicts)):  # fmt: skip
        return Found("conditional", open_gates[0], tuple(gate_must(c, terms) for c in open_gates))
    return Found("yes" if terms.is_known else "unknown", clauses[0])


def modify(terms: Terms, _: Plan) -> Found:
    barred = _first(terms, Facet.MODIFICATION, "no")
    if barred is not None:
        return Found("no", barred)
    check = _checked(terms, Facet.MODIFICATION)
    if check is not None:
        return check
    some = _first(terms, Facet.MODIFICATION, "conditional")
    if some is not None:
        return Found("conditional", some, ("keep changed versions to yourself",))
    return _granted(terms, Facet.MODIFICATION)


def modify_and_keep_name(terms: Terms, plan: Plan) -> Found:
    """Fine-tuning, merging, quantizing: a changed model that bears a name."""
    found = modify(terms, plan)
    musts = tuple(name_must(clause) for clause in terms.of(Facet.NAMING))
    if found.answer == "yes" and musts:
        return Found("conditional", terms.of(Facet.NAMING)[0], musts)
    return found


def redistribute(terms: Terms, _: Plan) -> Found:
    barred = _first(terms, Facet.REDISTRIBUTION, "no")
    if barred is not None:
        return Found("no", barred)
    check = _checked(terms, Facet.REDISTRIBUTION)
    if check is not None:
        return check
    found = _granted(terms, Facet.REDISTRIBUTION)
    conditional = _first(terms, Facet.REDISTRIBUTION, "conditional")
    if conditional is not None:
        found = Found("yes" if terms.is_known else "unknown", conditional)
    weighty = (
        *terms.of(Facet.COPYLEFT),
        *terms.of(Facet.NAMING),
        *(item for item in terms.of(Facet.DISPLAY) if item.value == "required"),
    )
    if found.answer == "yes" and (weighty or conditional):
        musts = tuple(dict.fromkeys(must for item in weighty if (must := pass_on_must(item))))
        return Found("conditional", weighty[0] if weighty else conditional, musts)
    return found


def sell(terms: Terms, plan: Plan) -> Found:
    paid = commercial(terms, replace(plan, is_commercial=True))
    passed = redistribute(terms, plan)
    worst = min((paid, passed), key=lambda found: WORST_FIRST.index(found.answer))
    return replace(worst, must=tuple(dict.fromkeys((*paid.must, *passed.must))))


def host(terms: Terms, plan: Plan) -> Found:
    barred = next((c for c in terms.of(Facet.FIELD_OF_USE) if "hosted-service" in c.items), None)
    if barred is not None:
        return Found("no", barred)
    network = _first(terms, Facet.COPYLEFT, "network")
    found = use(terms, plan)
    if network is not None and found.answer in {"yes", "conditional"}:
        return Found(
            "conditional", network, (*found.must, "offer the source to whoever uses it over a network")
        )
    shown = [item for item in terms.of(Facet.DISPLAY) if item.value == "required"]
    if shown and found.answer in {"yes", "conditional"}:
        return Found("conditional", shown[0], (*found.must, *(display_must(item) for item in shown)))
    return found


def train_on_outputs(terms: Terms, plan: Plan) -> Found:
    clauses = terms.of(Facet.OUTPUTS)
    barred = next((clause for clause in clauses if clause.value in _OUTPUTS_NO), None)
    if barred is not None:
        return Found("no", barred)
    check = _checked(terms, Facet.OUTPUTS)
    if check is not None:
        return check
    private = _first(terms, Facet.OUTPUTS, "non-commercial") or _first(terms, Facet.COMMERCIAL_USE, "no")
    if private is not None:
        if plan.is_commercial:
            return Found("no", private)
        return Found("conditional", private, ("train for non-commercial purposes only",))
    bound = _first(terms, Facet.OUTPUTS, "train-with-condition", "terms-follow")
    if bound is not None:
        musts = [name_must(clause) for clause in terms.of(Facet.NAMING)]
        if bound.value == "terms-follow":
            musts.append("put the trained model under the same terms")
        else:
            musts += [display_must(clause) for clause in terms.of(Facet.DISPLAY)]
        return Found("conditional", bound, tuple(musts))
    granted = _granted(terms, Facet.OUTPUTS)
    return granted if granted.clause else replace(granted, clause=_grant_words(terms))


def fields(terms: Terms, _: Plan) -> Found:
    """Whether the licence leaves the field of use open."""
    barred = _first(terms, Facet.COMMERCIAL_USE, "no")
    limits = _limits(terms)
    check = _checked(terms, Facet.FIELD_OF_USE)
    if check is not None:
        return check
    if limits or barred is not None:
        clause = limits[0] if limits else barred
        return Found("conditional", clause, (keep_to(limits),) if limits else ("keep to non-commercial use",))
    return Found("yes" if terms.silence_permits else "unknown", _grant_words(terms))


def territory(terms: Terms, _: Plan) -> Found:
    """Whether the licence holds everywhere."""
    clause = _first(terms, Facet.TERRITORY, "excluded", "limited-to", "excluded-in-part")
    if clause is not None:
        return Found("conditional", clause, (keep_out(clause),))
    check = _checked(terms, Facet.TERRITORY)
    return check or Found("yes" if terms.silence_permits else "unknown", _grant_words(terms))


def revocable(terms: Terms, _: Plan) -> Found:
    """Here yes is the bad answer: the licensor may end the rights of a licensee who keeps the terms."""
    at_will = _first(terms, Facet.REVOCABLE, "any-time")
    if at_will is not None:
        return Found("yes", at_will)
    check = _checked(terms, Facet.REVOCABLE)
    if check is not None:
        return check
    moving = _first(terms, Facet.AMENDMENT, "licensor") or _first(terms, Facet.REMOTE_RESTRICTION)
    moving = moving or _first(terms, Facet.AMENDMENT, "use-policy")
    if moving is not None:
        return Found("conditional", moving)
    fixed = _first(terms, Facet.REVOCABLE, "no", "on-breach")
    if fixed is not None:
        return Found("no" if terms.is_known else "unknown", fixed)
    return Found("no" if terms.silence_permits else "unknown", _grant_words(terms))


def _territory_reader(asked: str) -> Reader:
    def read(terms: Terms, _: Plan) -> Found:
        for clause in terms.of(Facet.TERRITORY):
            if clause.value == "check":
                return Found("unknown", clause)
            if clause.value == "limited-to":
                if not any(covers(named, asked) for named in clause.items):
                    return Found("no", clause)
                continue
            if any(covers(named, asked) for named in clause.items) and clause.value == "excluded":
                return Found("no", clause)
            if any(overlaps(named, asked) for named in clause.items) or not clause.items:
                return Found("conditional", clause, (keep_out(clause),))
        return Found("yes" if terms.silence_permits else "unknown", _grant_words(terms))

    return read


def _field_reader(asked: str) -> Reader:
    def read(terms: Terms, plan: Plan) -> Found:
        research = _first(terms, Facet.FIELD_OF_USE, "research-only")
        if asked == "research":
            return (
                use(terms, replace(plan, is_commercial=False)) if research is None else Found("yes", research)
            )
        hit = next((clause for clause in terms.of(Facet.FIELD_OF_USE) if asked in clause.items), None)
        if hit is not None:
            return Found("no", hit)
        return fields(terms, plan)

    return read


def _limits(terms: Terms) -> list[Clause]:
    named = [item for item in terms.of(Facet.FIELD_OF_USE) if item.value != "check"]
    return [*named, *terms.of(Facet.USE_POLICY)]


def _against(clause: Clause, plan: Plan) -> str:
    """`over`, `under`, or `open` when the plan does not say."""
    if clause.number is None:
        return "open"
    if clause.unit == "monthly-active-users" and plan.users is not None:
        return "over" if plan.users > clause.number else "under"
    if clause.unit.endswith("revenue-usd") and plan.revenue_usd is not None:
        limit = clause.number * (12 if clause.unit.startswith("monthly") else 1)
        return "over" if plan.revenue_usd > limit else "under"
    return "open"


_ACTS: dict[str, Reader] = {
    "use": use,
    "sell": sell,
    "host": host,
    "modify": modify,
    "fine-tune": modify_and_keep_name,
    "merge": modify_and_keep_name,
    "quantize": modify_and_keep_name,
    "redistribute": redistribute,
    "train-on-outputs": train_on_outputs,
}
