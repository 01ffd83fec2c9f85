"""The smaller answers on a terminal: an assessment, the options, a gate, what was understood of a chart."""

from __future__ import annotations

from rich.console import Console
from rich.padding import Padding
from rich.text import Text
from rich.tree import Tree

from osteon.chart.understanding import understanding
from osteon.knowledge.types import Severity
from osteon.pathway.assess import Assessment
from osteon.pathway.finding import Finding
from osteon.pathway.gate import Gate
from osteon.pathway.occasion import Occasion
from osteon.pathway.options import Option
from osteon.pathway.outlook import Outlook
from osteon.pathway.rules import Branch
from osteon.pathway.rules import explain as explain_rule
from osteon.pathway.truth import Truth
from osteon.report.outlook import no_drug_words, option_words
from osteon.report.patient import patient_line
from osteon.report.questions import diagnosis, line, readiness, risk, score_line, to_find_out
from osteon.report.terminal import STYLES, answer_text, line_text, sign_text
from osteon.report.words import READINESS, STANDING, TRUTH, check, counted


def show_assessment(assessment: Assessment, framework: str, at: Occasion, console: Console, *, explain: bool) -> None:
    """Print an assessment: diagnosis, risk by each guideline, scores, falls, work-up, what is missing."""
    console.print(Text(f"Assessment: {patient_line(at.chart, at.on)}", style="bold"))
    for answer in (diagnosis(assessment), risk(assessment, framework)):
        console.print(answer_text(answer, explain=explain))
    found = {
        "Falls": assessment.fall_risk,
        "Treatment failing": assessment.failure,
        "Still to be excluded": assessment.work_up,
        "Spine imaging": assessment.imaging,
        "Screening": assessment.screening,
        "Due again": assessment.monitoring,
    }
    for title, findings in found.items():
        shown = [each for each in findings if each.verdict is Truth.YES or (explain and each.verdict is not Truth.NO)]
        if shown:
            console.print(Text(title, style="bold"))
            for each in shown:
                console.print(Padding(line_text(line(each, TRUTH[each.verdict]), explain=explain), (0, 0, 0, 2)))
    console.print(Text("Scores", style="bold"))
    for score in assessment.scores:
        console.print(Padding(line_text(score_line(score), explain=explain), (0, 0, 0, 2)))
    if assessment.missing:
        console.print(Text("Find out first", style="bold"))
        for gap in assessment.missing:
            words = f"? {gap.obtain} (settles {counted(len(gap.settles), 'open question')})"
            console.print(Padding(Text(words, style="magenta"), (0, 0, 0, 2)))
    if explain:
        _reasons(assessment.diagnosis, at, console)


def show_options(
    options: tuple[Option, ...], outlook: Outlook | None, at: Occasion, console: Console, *, explain: bool
) -> None:
    """Print every option with its standing, what it asks and would do, and with `explain` every check and harm."""
    console.print(Text(f"Options: {patient_line(at.chart, at.on)}", style="bold"))
    for told in no_drug_words(outlook) if outlook else ():
        console.print(line_text(told, explain=explain))
    for option in options:
        row = sign_text(STANDING[option.standing]).append(f"  {option.name}, {option.route}", style="bold")
        console.print(row)
        console.print(Padding(Text(f"{option.because} {option.burden.sentence}"), (0, 0, 0, 2)))
        console.print(Padding(Text(f"Course: {option.regimen}", style="dim"), (0, 0, 0, 2)))
        for told in option_words(option, outlook) if outlook else ():
            console.print(Padding(line_text(told, explain=explain), (0, 0, 0, 2)))
        for finding in option.findings if explain else option.holding(Severity.HOLD, Severity.ADVISE):
            shown = line(finding, check(finding.severity, finding.verdict))
            console.print(Padding(line_text(shown, explain=explain), (0, 0, 0, 4)))
        for harm in option.harms if explain else ():
            console.print(Padding(Text(harm.sentence, style="dim"), (0, 0, 0, 4)))


def show_gate(gate: Gate, at: Occasion, console: Console, *, explain: bool) -> None:
    """Print a gate: the verdict, then every check that is not clear; with `explain` all of them and their trees."""
    console.print(
        Text(f"{gate.name.capitalize()} ({gate.route}) on {gate.on}: {patient_line(at.chart, at.on)}", "bold")
    )
    console.print(answer_text(readiness(gate), explain=True) if explain else sign_text(READINESS[gate.verdict]))
    for finding in gate.findings:
        if finding.verdict is Truth.NO and not explain:
            continue
        shown = line(finding, check(finding.severity, finding.verdict))
        console.print(Padding(line_text(shown, explain=explain), (0, 0, 0, 2)))
        to_do = to_find_out(finding) if finding.verdict is Truth.CANNOT_TELL else finding.remedy
        if to_do:
            console.print(Padding(Text(f"→ {to_do}", style="cyan"), (0, 0, 0, 4)))
    clear = sum(finding.verdict is Truth.NO for finding in gate.findings)
    console.print(Text(f"{clear} of {len(gate.findings)} checks are clear.", style="dim"))
    if explain:
        _reasons(gate.findings, at, console)


def show_chart(at: Occasion, console: Console) -> None:
    """Print what was understood of a chart, and what was left out or read in doubt, and why."""
    chart, found = at.chart, understanding(at.chart)
    console.print(Text(f"Chart: {patient_line(chart, at.on)}", style="bold"))
    facts = ", ".join(f"{name} {count}" for name, count in found.facts.items())
    console.print(Text(f"Understood {counted(found.understood, 'entry')}: {facts or 'nothing'}."))
    for fracture in chart.fractures:
        words = f"fracture of {fracture.site} ({fracture.cause.value}), {fracture.when or 'no date'}: {fracture.text}"
        console.print(Padding(Text(words), (0, 0, 0, 2)))
    for course in chart.courses:
        until = course.stop or ("now" if course.is_active else "?")
        cancer = " (a dose for cancer)" if course.is_oncology else ""
        words = f"{course.drug.replace('_', ' ')}{cancer}: {course.text}, {course.start or '?'} to {until}"
        console.print(Padding(Text(words), (0, 0, 0, 2)))
    for title, groups in (("Left out", found.left_out), ("Read in doubt", found.in_doubt)):
        if groups:
            console.print(Text(f"{title}: {sum(each.count for each in groups)}", style="bold"))
        for each in groups:
            kinds = ", ".join(f"{count} {name}" for name, count in each.of[:4])
            console.print(Padding(Text(f"{each.count} x {each.reason} ({kinds})"), (0, 0, 0, 2)))


def _reasons(findings: tuple[Finding, ...], at: Occasion, console: Console) -> None:
    """The tree of every finding that a rule stands behind."""
    console.print(Text("Reasons", style="bold"))
    for finding in findings:
        if finding.id in at.knowledge.rules:
            console.print(Padding(_tree(explain_rule(at.knowledge.rules[finding.id], at)), (0, 0, 0, 2)))


def _tree(branch: Branch) -> Tree:
    sign = TRUTH[branch.truth]
    label = Text.assemble((f"{sign.icon} ", STYLES[sign.tone]), branch.asked)
    if branch.answer:
        label.append(f"  {branch.answer}", style="dim")
    tree = Tree(label)
    for below in branch.below:
        tree.add(_tree(below))
    return tree
