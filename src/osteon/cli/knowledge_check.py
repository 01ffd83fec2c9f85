"""Is everything right that people wrote into the knowledge folder? The folder as it stands, not the compiled file."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import Any

import msgspec
from msgspec.structs import replace

from osteon.knowledge.check import Problem, Report, check
from osteon.knowledge.compile import FOLDER, CompileError, compile_folder, rule_cases
from osteon.knowledge.in_force import Knowledge, resolve, rules_of
from osteon.knowledge.types import EVERYWHERE
from osteon.pathway.rule_cases import failures


def report_on_folder(folder: Path = FOLDER) -> Report:
    """Everything wrong with a knowledge folder, its rules tried on their cases."""
    try:
        library = compile_folder(folder)
    except CompileError as error:
        return Report(version="", problems=(Problem("compile", str(error)),), tallies=(), recalled_stops=())
    report = check(library)
    if {problem.where for problem in report.problems} & {rule["id"] for rule in rules_of(library)}:
        # A rule that asks for what is not there cannot be tried: its references are mended first.
        return report
    failed = {Problem(*line.split(": ", 1)) for line in _failures(library, rule_cases(folder))}
    return replace(report, problems=tuple(sorted({*report.problems, *failed})))


def _failures(library: Mapping[str, Any], cases: Mapping[str, Any]) -> Iterator[str]:
    """The failures of every rule, each tried in every jurisdiction on the last day on which it is in force."""
    editions = [date.fromisoformat(day) for day in library["editions"]]
    ends = {date.fromisoformat(str(rule["until"])) for rule in rules_of(library) if rule.get("until")}
    last_days = {editions[-1]} | {max(day for day in editions if day < end) for end in ends}
    for jurisdiction in EVERYWHERE:
        for day in sorted(last_days):
            tree = resolve(dict(library), day, jurisdiction)
            yield from failures(msgspec.convert(tree, Knowledge, strict=False), cases)
