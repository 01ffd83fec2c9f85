"""How does the record of one invented person look, as lines of FHIR by type of resource?

Every record has its bones and, like any record, much that has nothing to do with them.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from functools import cache

from osteon.panel.synthetic import templates as fhir
from osteon.panel.synthetic.figures import Lab, labs, problems, products
from osteon.panel.synthetic.levels import PANELS
from osteon.panel.synthetic.person import Break, Level, Person, Scan
from osteon.panel.synthetic.templates import ICD10CM, SNOMED

Lines = dict[str, list[str]]

_STATES = ("CA", "TX", "FL", "NY", "PA", "IL", "OH", "GA", "NC", "MI")
_MEDICARE_AGE_DAYS = int(65 * 365.25)

_LEVELS = {
    "calcium": ("17861-6", "Calcium [Mass/volume] in Serum or Plasma", "mg/dL", 8.5, 10.5),
    "albumin": ("1751-7", "Albumin [Mass/volume] in Serum or Plasma", "g/dL", 3.5, 5.0),
    "creatinine": ("2160-0", "Creatinine [Mass/volume] in Serum or Plasma", "mg/dL", 0.5, 1.3),
    "egfr": ("98979-8", "Glomerular filtration rate by CKD-EPI 2021", "mL/min/{1.73_m2}", 60, 120),
    "vitamin_d_25oh": ("1989-3", "25-hydroxyvitamin D3 [Mass/volume] in Serum or Plasma", "ng/mL", 20, 100),
}
_SITES = {
    "lumbar_spine": ("24966-4", "38267-1", "Lumbar spine", "122496007"),
    "total_hip": ("46278-8", "80946-7", "Left total hip", "287679003"),
    "femoral_neck": ("80954-1", "80948-3", "Left femoral neck", "29627003"),
}
_BROKEN = {
    ("hip", "left"): ("S72.002A", "5913000", "Fracture of unspecified part of neck of left femur"),
    ("hip", "right"): ("S72.001A", "5913000", "Fracture of unspecified part of neck of right femur"),
    ("vertebra", "left"): ("S22.000A", "207938004", "Wedge compression fracture of thoracic vertebra"),
    ("vertebra", "right"): ("S32.000A", "207957008", "Wedge compression fracture of lumbar vertebra"),
    ("forearm", "left"): ("S52.502A", "263199001", "Unspecified fracture of the lower end of left radius"),
    ("forearm", "right"): ("S52.501A", "263199001", "Unspecified fracture of the lower end of right radius"),
    ("humerus", "left"): ("S42.202A", "", "Unspecified fracture of upper end of left humerus"),
    ("humerus", "right"): ("S42.201A", "", "Unspecified fracture of upper end of right humerus"),
}
_FELL = ("W18.30XA", "Fall on same level, unspecified, initial encounter")
_VITALS_AT = 3
"""So many visits, counted back from the last one, have vital signs."""


class Record:
    """The lines of many people, by type of resource, in the order of the people."""

    def __init__(self) -> None:
        self.lines: Lines = {}
        self.resources = 0

    def add(self, person: Person) -> None:
        """Write down one person."""
        _Writer(self, person).write()


class _Writer:
    """The record of one person while it is written. Ids are numbered by type."""

    def __init__(self, record: Record, person: Person) -> None:
        self._record = record
        self._person = person
        self._id = person.id
        self._counts: dict[str, int] = {}
        self._chance = iter(person.chance)

    def write(self) -> None:
        person = self._person
        born = day_text(person.born)
        dead = (day_text(person.died),) if person.died else ()
        name = (person.family, person.given, person.family, person.given)
        sex = "female" if person.is_woman else "male"
        state = _STATES[person.number % len(_STATES)]
        last = day_text(person.visits[0] if person.visits else person.born)
        text = fhir.patient(is_dead=bool(dead))
        self._put("Patient", text % (self._id, last, self._id, *name, sex, born, *dead, state))
        self._visits()
        for scan in person.scans:
            self._scan(scan)
        for each in person.breaks:
            self._break(each)
        self._problems()
        self._drugs()
        self._rest()

    # --- the parts ----------------------------------------------------------------------------------------------------

    def _visits(self) -> None:
        person = self._person
        levels: dict[int, list[Level]] = {}
        for level in person.levels:
            levels.setdefault(level.day, []).append(level)
        for number, visit in enumerate(person.visits):
            day = day_text(visit)
            at = self._encounter(day, "AMB", "185349003", "Encounter for check up")
            if number < _VITALS_AT:
                self._vitals(day, at, number)
            if number in PANELS:
                self._panel(day, at, levels.get(visit, []), "chemistry", "24323-8", "Comprehensive metabolic panel")
            elif visit in levels:
                for level in levels[visit]:
                    self._level(level, day, at)
            if number == 0:
                self._panel(day, at, [], "lipids", "57698-3", "Lipid panel")
                self._panel(day, at, [], "blood", "58410-2", "Complete blood count")
                self._observe(fhir.smoking(is_current=person.smokes), at, day)
                self._observe(fhir.falls(), at, day, person.falls)
            if number % 2:
                self._dated("Immunization", fhir.immunization(), at, day)

    def _vitals(self, day: str, at: str, number: int) -> None:
        person, draw = self._person, self._draw
        self._observe(fhir.blood_pressure(), at, day, 110 + int(40 * draw()), 62 + int(26 * draw()))
        weight = round(person.weight_kg * (1 + 0.03 * (draw() - 0.5)), 1) if number else person.weight_kg
        self._observe(_vital("29463-7", "Body weight", "kg", "kg"), at, day, weight)
        self._observe(_vital("8867-4", "Heart rate", "/min", "/min"), at, day, 58 + int(34 * draw()))
        if number == 0:
            self._observe(_vital("8302-2", "Body height", "cm", "cm"), at, day, person.height_cm)
            bmi = round(person.weight_kg / (person.height_cm / 100) ** 2, 1)
            self._observe(_vital("39156-5", "Body mass index", "kg/m2", "kg/m2"), at, day, bmi)

    def _panel(self, day: str, at: str, levels: list[Level], panel: str, loinc: str, display: str) -> None:
        results = [self._level(level, day, at) for level in levels]
        results += [self._observe(fhir.lab(found), at, day, _drawn(found, self._draw)) for found in _labs(panel)]
        text = fhir.report(display, loinc, ("LAB", "Laboratory"), len(results))
        number = self._next("DiagnosticReport")
        self._put("DiagnosticReport", text % (number, day, self._id, at, day, day, *results))

    def _level(self, level: Level, day: str, at: str) -> str:
        loinc, display, unit, low, high = _LEVELS[level.kind]
        return self._observe(
            fhir.observation("laboratory", loinc, display, unit, unit, low, high), at, day, level.value
        )

    def _scan(self, scan: Scan) -> None:
        day = day_text(scan.day)
        at = self._encounter(day, "AMB", "312681000", "Bone density scan")
        results = []
        for site, (density, t_score) in scan.density.items():
            for text, value in zip(_densities(site), (density, t_score), strict=True):
                results.append(self._observe(text, at, day, value))
        text = fhir.report("DXA Skeletal system Views for bone density", "38268-9", ("RAD", "Radiology"), len(results))
        number = self._next("DiagnosticReport")
        self._put("DiagnosticReport", text % (number, day, self._id, at, day, day, *results))

    def _break(self, each: Break) -> None:
        day = day_text(each.day)
        icd, snomed, display = _BROKEN[each.site, each.side]
        reason = _FELL if each.is_low_energy else (icd, display)
        at = self._encounter(day, "EMER", "50849002", "Emergency room admission", reason)
        codings = ((ICD10CM, icd), (SNOMED, snomed)) if snomed else ((ICD10CM, icd),)
        text = fhir.condition(display, *codings, is_encounter=True, is_over=True)
        self._put("Condition", text % (self._next("Condition"), day, self._id, at, day, day))
        if each.site == "hip":
            text = fhir.procedure("Open reduction of fracture of femur with internal fixation", SNOMED, "57470004")
            self._dated("Procedure", text, at, day_text(min(each.day + 1, self._last)))

    def _problems(self) -> None:
        person = self._person
        at = self._first_encounter()
        for place, since in person.problems:
            found = problems()[place]
            day = day_text(since)
            text = fhir.condition(found.display, (ICD10CM, found.icd10cm), (SNOMED, found.snomed))
            self._put("Condition", text % (self._next("Condition"), day, self._id, at, day, day))
            if found.drug and self._draw() < found.taken:
                self._request(found.drug, since, 0, products()[found.drug].dose, at)
        if person.is_coded:
            began = [each.day for each in person.scans] + [each.day for each in person.breaks]
            began += [each.start for each in person.courses] + [each.day for each in person.doses]
            day = day_text(min(began))
            text = fhir.condition("Age-related osteoporosis without current pathological fracture",
                                  (ICD10CM, "M81.0"), (SNOMED, "64859006"))  # fmt: skip
            self._put("Condition", text % (self._next("Condition"), day, self._id, at, day, day))

    def _drugs(self) -> None:
        at = self._first_encounter()
        for course in self._person.courses:
            self._request(course.drug, course.start, course.end, course.dose, at)
        for dose in self._person.doses:
            day = day_text(dose.day)
            at = self._encounter(day, "AMB", "185347001", "Encounter for problem")
            text = fhir.administration(products()[dose.drug])
            number = self._next("MedicationAdministration")
            self._put("MedicationAdministration", text % (number, day, self._id, at, day, dose.mg))

    def _request(self, drug: str, start: int, end: int, dose: float, at: str) -> None:
        first = day_text(start)
        ends = (day_text(end),) if end else ()
        text = fhir.request(products()[drug], is_over=bool(end))
        number = self._next("MedicationRequest")
        self._put("MedicationRequest", text % (number, first, self._id, at, first, first, *ends, dose))

    def _rest(self) -> None:
        """Who pays, no allergy, and in some a colonoscopy."""
        person = self._person
        day = day_text(person.visits[-1] if person.visits else person.born)
        if self._draw() < 0.8:
            self._put("AllergyIntolerance", fhir.no_allergy() % (self._next("AllergyIntolerance"), day, self._id, day))
        is_old = self._last - person.born >= _MEDICARE_AGE_DAYS
        payer = "Medicare" if is_old else "Example Commercial Plan"
        start = day_text(person.born + _MEDICARE_AGE_DAYS) if is_old else day
        self._put("Coverage", fhir.coverage(payer) % (self._next("Coverage"), start, self._id, start))
        if self._draw() < 0.3 and person.visits:
            self._dated("Procedure", fhir.procedure("Colonoscopy", SNOMED, "73761001"), self._first_encounter(), day)

    # --- how lines are written ----------------------------------------------------------------------------------------

    @property
    def _last(self) -> int:
        person = self._person
        return person.died or max([*person.visits[:1], *(each.day for each in person.breaks), person.born])

    def _draw(self) -> float:
        return next(self._chance)

    def _first_encounter(self) -> str:
        return f"{self._id}-e1"

    def _next(self, kind: str) -> str:
        number = self._counts[kind] = self._counts.get(kind, 0) + 1
        return f"{self._id}-{_LETTERS[kind]}{number}"

    def _put(self, kind: str, line: str) -> None:
        self._record.resources += 1
        lines = self._record.lines.get(kind)
        if lines is None:
            self._record.lines[kind] = [line]
        else:
            lines.append(line)

    def _encounter(
        self, day: str, setting: str, snomed: str, display: str, reason: tuple[str, str] | None = None
    ) -> str:
        number = self._next("Encounter")
        self._put("Encounter", fhir.encounter(setting, snomed, display, reason) % (number, day, self._id, day, day))
        return number

    def _observe(self, text: str, at: str, day: str, *values: float) -> str:
        number = self._next("Observation")
        self._put("Observation", text % (number, day, self._id, at, day, day, *values))
        return number

    def _dated(self, kind: str, text: str, at: str, day: str) -> None:
        self._put(kind, text % (self._next(kind), day, self._id, at, day))


_LETTERS = {
    "Encounter": "e", "Observation": "o", "Condition": "c", "MedicationRequest": "m", "Immunization": "i",
    "MedicationAdministration": "a", "DiagnosticReport": "r", "Procedure": "p", "AllergyIntolerance": "n",
    "Coverage": "v",
}  # fmt: skip


@cache
def day_text(day: int) -> str:
    """A day as FHIR writes it."""
    return date.fromordinal(day).isoformat()


@cache
def _vital(loinc: str, display: str, unit: str, ucum: str) -> str:
    return fhir.observation("vital-signs", loinc, display, unit, ucum)


@cache
def _labs(panel: str) -> tuple[Lab, ...]:
    return tuple(each for each in labs() if each.panel == panel)


def _drawn(found: Lab, draw: Callable[[], float]) -> float:
    """A value around the mean: two chances added make a triangle of the same SD, which needs no table."""
    value = found.mean + found.sd * 2.449 * (draw() + draw() - 1.0)
    return round(value, found.decimals) if found.decimals else round(value)


@cache
def _densities(site: str) -> tuple[str, str]:
    """The templates of density and T-score."""
    density, t_score, words, body = _SITES[site]
    where = (body, words)
    what = {density: ("[Mass/Area]", "g/cm2"), t_score: ("[T-score]", "{T-score}")}
    one, other = (
        fhir.observation("imaging", code, f"DXA {words} {kind} Bone density", unit, unit, body_site=where)
        for code, (kind, unit) in what.items()
    )
    return one, other
