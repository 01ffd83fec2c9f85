"""Which drugs could this patient have, in which standing, and what would each ask and risk?"""

from __future__ import annotations

from enum import StrEnum

from msgspec import Struct

from osteon.knowledge.drug import Drug
from osteon.knowledge.types import Severity, Use
from osteon.pathway.assess import Assessment
from osteon.pathway.burden import Burden, burden
from osteon.pathway.candidacy import Candidacy
from osteon.pathway.finding import Finding
from osteon.pathway.gate import rules_for
from osteon.pathway.harms import Harm, harms
from osteon.pathway.occasion import Occasion
from osteon.pathway.order import Note, note
from osteon.pathway.outlook import OptionForecast
from osteon.pathway.regimens import Sequence, sequence
from osteon.pathway.rules import judge
from osteon.pathway.truth import Truth


class Standing(StrEnum):
    """How does a drug stand for this patient? From the best to the worst, with the unknown last but one."""

    RECOMMENDED = "recommended"
    SUITABLE = "suitable"
    CAUTION = "caution"
    CANNOT_TELL = "cannot_tell"
    BLOCKED = "blocked"


class Option(Struct, frozen=True, kw_only=True):
    """One regimen with its standing and reasons.

    `findings` are the drug's own rules. `standing_if_cleared` is the standing if every contraindication that is still
    open turned out not to be there. `is_running` says that the patient is on it already. `first_choice_in` names the
    guidelines that put the drug first for this patient's category. `forecast` is filled by `forecasts` and `cost` by
    later rooms; None is "not worked out", never "nothing".
    """

    drug: str
    name: str
    route: str
    is_infusion: bool
    standing: Standing
    because: str
    standing_if_cleared: Standing
    is_running: bool
    sequence: Sequence
    regimen: str
    findings: tuple[Finding, ...]
    first_choice_in: tuple[str, ...]
    alternative_in: tuple[str, ...]
    burden: Burden
    harms: tuple[Harm, ...]
    evidence: tuple[Note, ...]
    off_label: bool
    forecast: OptionForecast | None = None
    cost: None = None

    def holding(self, *severities: Severity) -> tuple[Finding, ...]:
        """The findings of these severities that hold."""
        return tuple(each for each in self.findings if each.severity in severities and each.verdict is Truth.YES)

    @property
    def open_stops(self) -> tuple[Finding, ...]:
        """The contraindications that cannot be ruled out yet."""
        return tuple(
            each for each in self.findings if each.severity is Severity.STOP and each.verdict is Truth.CANNOT_TELL
        )


def options(at: Occasion, assessment: Assessment, chosen: Candidacy, framework: str) -> tuple[Option, ...]:
    """Every drug of the formulary, best standing first.

    Within a standing: what is already running and given by the clinic (nothing is changed without a reason), then
    infusions where they would help, then what most guidelines put first, then the fewest visits. That order is the
    program's own; the standing itself is the label's and the guideline's. `framework` is the guideline whose first
    choice makes a drug "recommended"; the others' choices are shown too.
    """
    judged = {drug.id: _judged(drug, at) for drug in at.knowledge.drugs.values()}
    barred = {name for name, findings in judged.items() if _worst(findings) is Standing.BLOCKED}
    found = [_option(drug, judged[drug.id], at, assessment, barred, framework) for drug in at.knowledge.drugs.values()]
    order = list(Standing)
    infusion_first = chosen.verdict is Truth.YES
    return tuple(
        sorted(
            found,
            key=lambda option: (
                order.index(option.standing),
                order.index(option.standing_if_cleared),
                option.off_label,
                not (option.is_running and not option.burden.at_home),
                infusion_first and not option.is_infusion,
                -len(option.first_choice_in),
                option.burden.visits_a_year,
                option.name,
            ),
        )
    )


def _judged(drug: Drug, at: Occasion) -> tuple[Finding, ...]:
    return tuple(judge(rule, at) for rule in rules_for(drug, Use.OPTION, at))


def _worst(findings: tuple[Finding, ...], *, open_is_clear: bool = False) -> Standing | None:
    """What the drug's own rules make of it, before any guideline is asked; None where nothing speaks against it."""
    held = {each.severity for each in findings if each.verdict is Truth.YES}
    if Severity.STOP in held:
        return Standing.BLOCKED
    is_open = any(each.severity is Severity.STOP and each.verdict is Truth.CANNOT_TELL for each in findings)
    if is_open and not open_is_clear:
        return Standing.CANNOT_TELL
    return Standing.CAUTION if Severity.HOLD in held else None


def _option(
    drug: Drug,
    findings: tuple[Finding, ...],
    at: Occasion,
    assessment: Assessment,
    barred: set[str],
    framework: str,
) -> Option:
    applying = [each for each in assessment.categories if each.verdict is Truth.YES]
    first = tuple(each.framework for each in applying if drug.id in each.first_choice)
    standing, because = _standing(drug, findings, at, assessment, first, framework)
    if_cleared, _ = _standing(drug, findings, at, assessment, first, framework, open_is_clear=True)
    running = at["treatments_now"].value
    course = sequence(drug, at.knowledge, barred=barred)
    return Option(
        drug=drug.id,
        name=drug.name,
        route=drug.route.value.value,
        is_infusion=drug.route.value.is_intravenous,
        standing=standing,
        because=because,
        standing_if_cleared=if_cleared,
        is_running=isinstance(running, frozenset) and drug.id in running,
        sequence=course,
        regimen=course.notation(at.knowledge),
        findings=findings,
        first_choice_in=first,
        alternative_in=tuple(each.framework for each in applying if drug.id in each.alternatives),
        burden=burden(drug),
        harms=harms(drug),
        evidence=tuple(note(each) for each in drug.evidence),
        off_label=drug.off_label,
    )


def _standing(
    drug: Drug,
    findings: tuple[Finding, ...],
    at: Occasion,
    assessment: Assessment,
    first_choice_in: tuple[str, ...],
    framework: str,
    *,
    open_is_clear: bool = False,
) -> tuple[Standing, str]:
    worst = _worst(findings, open_is_clear=open_is_clear)
    if worst is Standing.BLOCKED:
        return worst, _first(findings, Severity.STOP, Truth.YES)
    if worst is Standing.CANNOT_TELL:
        return worst, "Not known yet: " + _missing(findings)
    if assessment.osteoporosis is not Truth.YES:
        why = {
            Truth.NO: "No guideline finds osteoporosis on the facts known.",
            Truth.CANNOT_TELL: "Whether there is osteoporosis cannot be told yet.",
        }[assessment.osteoporosis]
        return (Standing.CAUTION if assessment.osteoporosis is Truth.NO else Standing.CANNOT_TELL), why
    if worst is Standing.CAUTION:
        return worst, _first(findings, Severity.HOLD, Truth.YES)
    if drug.off_label:
        return Standing.CAUTION, "Off-label for osteoporosis: a specialist's decision with a reason."
    name = at.knowledge.frameworks[framework].name if framework in at.knowledge.frameworks else framework
    if framework in first_choice_in:
        category = assessment.category(framework)
        where = f" in its category “{category.label.lower()}”" if category else ""
        return Standing.RECOMMENDED, f"A first choice of {name}{where}."
    return Standing.SUITABLE, f"Nothing known speaks against it; not a first choice of {name} here."


def _first(findings: tuple[Finding, ...], severity: Severity, verdict: Truth) -> str:
    return next(each.text for each in findings if each.severity is severity and each.verdict is verdict)


def _missing(findings: tuple[Finding, ...]) -> str:
    names: dict[str, None] = {}
    for each in findings:
        if each.severity is Severity.STOP and each.verdict is Truth.CANNOT_TELL:
            names.update(dict.fromkeys(missing.text for missing in each.missing))
    return ", ".join(names) + "."
