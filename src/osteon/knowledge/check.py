"""Is the knowledge whole: has every value a unit and a source, and does every reference lead somewhere?

Looks at the whole library in every edition and jurisdiction, not only at what is in force on one day. Whether the
rules do what their cases expect is asked one room up, in `pathway.rule_cases`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

from msgspec import Struct

from osteon.knowledge.in_force import rules_of
from osteon.knowledge.types import Verified

CODE_SYSTEMS = {
    "http://loinc.org": "LOINC",
    "http://snomed.info/sct": "SNOMED CT",
    "http://hl7.org/fhir/sid/icd-10-cm": "ICD-10-CM",
    "http://hl7.org/fhir/sid/icd-10": "ICD-10",
    "http://hl7.org/fhir/sid/icd-9-cm": "ICD-9-CM",
    "http://www.nlm.nih.gov/research/umls/rxnorm": "RxNorm",
    "http://www.whocc.no/atc": "ATC",
    "http://hl7.org/fhir/sid/ndc": "NDC",
    "http://hl7.org/fhir/sid/cvx": "CVX",
    "https://www.cms.gov/Medicare/Coding/HCPCSReleaseCodeSets": "HCPCS",
    "http://www.ama-assn.org/go/cpt": "CPT",
    "http://unitsofmeasure.org": "UCUM",
    "urn:osteon:fact": "Osteon's own facts",
    "text": "words, where a chart has no code",
}
"""Every code system that the value sets may use, and what people call it."""

NUMERIC = frozenset({"below", "at_most", "at_least", "above"})
_READ_BY_CODE = ("condition", "medication", "procedure")
_READ_BY_MEASURE = ("measurement", "age")


class Problem(Struct, frozen=True, order=True):
    """What is wrong, and where?"""

    where: str
    what: str


class Tally(Struct, frozen=True):
    """How many values and rules of one topic were read at their source, are recalled, or are the program's defaults?"""

    topic: str
    source: int
    recalled: int
    design: int


class Report(Struct, frozen=True, kw_only=True):
    """What did the check find? `recalled_stops` are hard stops that rest on a text nobody had at hand."""

    version: str
    problems: tuple[Problem, ...]
    tallies: tuple[Tally, ...]
    recalled_stops: tuple[str, ...]


def check(library: Mapping[str, Any]) -> Report:
    """Everything wrong with a compiled library, and how its values are known."""
    problems = [*_leaves(library), *_citations(library), *_rules(library), *_links(library), *_codes(library)]
    return Report(
        version=library["version"],
        problems=tuple(sorted(set(problems))),
        tallies=tuple(_tallies(library)),
        recalled_stops=tuple(
            rule["id"] for rule in rules_of(library) if rule["severity"] == "stop" and rule["verified"] == "recalled"
        ),
    )


# --- values --------------------------------------------------------------------------------------------------------


def _sourced(node: Any, path: str = "") -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Everything that says how it is known, with its path: leaves, rules, tables and rows."""
    if isinstance(node, Mapping):
        if "verified" in node:
            yield path, node
        for key, child in node.items():
            yield from _sourced(child, f"{path}.{key}" if path else str(key))
    elif isinstance(node, list):
        for place, child in enumerate(node):
            name = child.get("id", place) if isinstance(child, Mapping) else place
            yield from _sourced(child, f"{path}.{name}")


def _leaves(library: Mapping[str, Any]) -> Iterator[Problem]:
    for path, leaf in _sourced(library):
        if not leaf.get("cite"):
            yield Problem(path, "has no citation")
        value = leaf.get("value")
        if isinstance(value, int | float) and not isinstance(value, bool) and not leaf.get("unit"):
            yield Problem(path, f"the number {value} has no unit (a bare count has the unit 1)")


def _citations(library: Mapping[str, Any]) -> Iterator[Problem]:
    known = library["citations"]
    for path, leaf in _sourced(library):
        cited = leaf.get("cite") or ()
        for key in [cited] if isinstance(cited, str) else cited:
            if key not in known:
                yield Problem(path, f"cites {key!r}, which is not in citations.yaml")


# --- rules ---------------------------------------------------------------------------------------------------------


def _rules(library: Mapping[str, Any]) -> Iterator[Problem]:
    ids = Counter(rule["id"] for rule in rules_of(library))
    for rule in rules_of(library):
        for test in _tests(rule["when"]):
            if test["type"] == "rule":
                if test["rule"] not in ids:
                    yield Problem(rule["id"], f"asks for the rule {test['rule']!r}, which is not there")
            else:
                yield from (Problem(rule["id"], what) for what in _wrong_with(test, library["facts"]))


def _tests(expression: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """The leaves of an expression: tests of facts, and references to other rules."""
    inner = expression.get("of")
    if inner is None:
        yield expression
    else:
        for each in inner if isinstance(inner, list) else [inner]:
            yield from _tests(each)


def _wrong_with(test: Mapping[str, Any], facts: Mapping[str, Any]) -> Iterator[str]:
    fact = facts.get(test["fact"])
    if fact is None:
        yield f"asks for the fact {test['fact']!r}, which is not in facts.yaml"
        return
    comparison, value = test["comparison"], test["value"]
    if comparison in NUMERIC and fact["kind"] != "number":
        yield f"holds {test['fact']} {comparison.replace('_', ' ')} a number, but it is a {fact['kind']}"
    if comparison == "includes" and fact["kind"] != "set":
        yield f"asks what {test['fact']} includes, but it is a {fact['kind']}"
    if comparison == "equals" and fact["kind"] == "flag" and not isinstance(value, bool):
        yield f"asks whether {test['fact']} is {value!r}, but it is yes or no"
    if fact["kind"] == "choice" and comparison in ("equals", "one_of"):
        for word in value if isinstance(value, list) else [value]:
            if word not in fact["choices"]:
                yield f"{test['fact']} is never {word!r}; it is one of {', '.join(fact['choices'])}"


# --- links ---------------------------------------------------------------------------------------------------------


def _links(library: Mapping[str, Any]) -> Iterator[Problem]:
    """Every place that names a drug, a rule or a fact of another file."""
    drugs, facts = library["drugs"], library["facts"]
    for drug in drugs.values():
        where = f"drugs.{drug['id']}"
        for exit_ in drug.get("exits", ()):
            yield from _not_there(f"{where}.exits", exit_["to"], drugs, "drug")
        for test in drug["tests"]:
            yield from _not_there(f"{where}.tests", [test["fact"], *filter(None, [test.get("age")])], facts, "fact")
    rules = {rule["id"] for rule in rules_of(library)}
    for framework in library["frameworks"].values():
        where = f"frameworks.{framework['id']}"
        yield from _not_there(where, filter(None, [framework.get("applies")]), rules, "rule")
        for category in framework.get("categories", ()):
            place = f"{where}.{category['id']}"
            yield from _not_there(place, [category["rule"]], rules, "rule")
            for choice in ("first_choice", "alternatives"):
                for leaf in _versions(category.get(choice)):
                    yield from _not_there(f"{place}.{choice}", leaf["value"], drugs, "drug")
    for row in library["biosimilars"]:
        yield from _not_there(f"biosimilars.{row['osteoporosis_product']}", [row["drug"]], drugs, "drug")


def _not_there(where: str, names: Any, known: Any, kind: str) -> Iterator[Problem]:
    return (Problem(where, f"names the {kind} {name!r}, which is not there") for name in names if name not in known)


def _versions(leaf: Mapping[str, Any] | None) -> list[Any]:
    """A leaf in all its versions."""
    return [] if leaf is None else list(leaf.get("versions", [leaf]))


def _codes(library: Mapping[str, Any]) -> Iterator[Problem]:
    sets = {row["value_set"] for row in library["codes"]}
    for row in library["codes"]:
        if row["system"] not in CODE_SYSTEMS:
            yield Problem(f"codes.{row['value_set']}", f"the code system {row['system']!r} is unknown")
        if not row["code"]:
            yield Problem(f"codes.{row['value_set']}", f"{row['display']!r} has no code")
    for name, fact in library["facts"].items():
        if fact.get("record") in _READ_BY_MEASURE:
            yield from _measured(f"facts.{name}", fact, library["analytes"])
        if fact.get("record") in _READ_BY_CODE and name not in sets and name.removesuffix("_now") not in sets:
            yield Problem(f"facts.{name}", "is read from the chart by a value set that is not there")


def _measured(where: str, fact: Mapping[str, Any], analytes: Mapping[str, Any]) -> Iterator[Problem]:
    """A fact that is read as a measurement names its analyte, has its unit, and says why it is unknown without one."""
    measure = fact.get("measure", "")
    yield from _not_there(where, [measure], analytes, "analyte")
    if measure in analytes and fact["record"] == "measurement" and fact.get("unit") != analytes[measure]["unit"]:
        yield Problem(where, f"is in {fact.get('unit')}, but {measure} is kept in {analytes[measure]['unit']}")
    if not fact.get("absent"):
        yield Problem(where, f"does not say why it is unknown where {measure} was never measured")


# --- how it is known -----------------------------------------------------------------------------------------------


def _tallies(library: Mapping[str, Any]) -> Iterator[Tally]:
    counts: dict[str, Counter[str]] = {}
    for path, leaf in _sourced(library):
        shelf, *rest = path.split(".")
        topic = f"{shelf}.{rest[0]}" if rest and not rest[0].isdigit() else shelf
        counts.setdefault(topic, Counter())[leaf["verified"]] += 1
    for topic, count in counts.items():
        yield Tally(topic, *(count[verified.value] for verified in Verified))
