"""Who is the patient, and is a resource about them?"""

from __future__ import annotations

from collections.abc import Iterable

from osteon.chart.errors import ChartError
from osteon.chart.fhir.context import bare
from osteon.chart.fhir.dates import when
from osteon.chart.fhir.elements import Extension, Reference
from osteon.chart.fhir.resources import HumanName, PatientResource
from osteon.chart.types import Patient, Sex

_SEXES = {
    "female": Sex.FEMALE, "f": Sex.FEMALE, "248152002": Sex.FEMALE,
    "male": Sex.MALE, "m": Sex.MALE, "248153007": Sex.MALE,
}  # fmt: skip
_SEX_EXTENSIONS = ("patient-sexParameterForClinicalUse", "us-core-sex", "us-core-birthsex")


def read_patient(seen: PatientResource) -> Patient:
    """The person. Raises `ChartError` without a birth date: no age, no reference range, no risk."""
    born = when(seen.birth_date)
    if born is None:
        said = f"the birth date {seen.birth_date!r} is not a date" if seen.birth_date else "there is no birth date"
        message = f"Patient/{seen.id}: {said}; add Patient.birthDate (1950-03-14, 1950-03 or 1950)"
        raise ChartError(message)
    return Patient(
        id=seen.id,
        birth_date=born,
        sex=_sex(seen),
        name=_name(seen.name),
        record_number=_record_number(seen),
        deceased=when(seen.deceased_date_time) or seen.deceased_boolean,
        address_state=next((each.state for each in seen.address if each.state), ""),
        ethnicity=_ethnicity(seen.extension),
    )


def _sex(seen: PatientResource) -> Sex | None:
    """Sex as it matters for reference ranges: as stated for clinical use, at birth, or administratively."""
    for name in _SEX_EXTENSIONS:
        for each in _extensions(seen.extension, name):
            coding = each.value_coding or next(
                iter(each.value_codeable_concept.coding if each.value_codeable_concept else ()), None
            )
            sex = _SEXES.get((each.value_code or (coding.code if coding else "")).lower())
            if sex:
                return sex
    return _SEXES.get(seen.gender.lower())


def _name(names: tuple[HumanName, ...]) -> str:
    """The official name, or the first that is not an old one."""
    usable = [each for each in names if each.use not in ("old", "maiden", "nickname", "anonymous")] or list(names)
    chosen = next((each for each in usable if each.use == "official"), usable[0] if usable else None)
    if chosen is None:
        return ""
    return chosen.text or " ".join(filter(None, [*chosen.given[:1], chosen.family]))


def _record_number(seen: PatientResource) -> str:
    """The clinic's own number, where one identifier is marked as such."""
    marked = (each.value for each in seen.identifier if each.type and each.type.code == "MR" and each.value)
    return next(marked, "")


def _ethnicity(extensions: tuple[Extension, ...]) -> str:
    said = (
        part.value_string
        for name in ("us-core-race", "us-core-ethnicity")
        for each in _extensions(extensions, name)
        for part in each.extension
        if part.url == "text" and part.value_string
    )
    return "; ".join(dict.fromkeys(said))


def _extensions(extensions: tuple[Extension, ...], name: str) -> list[Extension]:
    return [each for each in extensions if each.url.rpartition("/")[2] == name]


class Whose:
    """Is a resource about this patient?

    References come as `Patient/7`, `urn:uuid:7`, `https://ehr.example/fhir/Patient/7`, with `/_history/2`, as
    `Patient?identifier=…`, or as an identifier alone. Where the source holds one patient, what names nobody is theirs.
    """

    def __init__(self, seen: PatientResource, full_url: str, *, is_only_one: bool) -> None:
        self._tails = {f"Patient/{name}" for name in (seen.id, bare(full_url)) if name}
        self._base = full_url.removesuffix(f"/Patient/{seen.id}") if full_url.startswith("http") else ""
        self._identifiers = seen.identifier
        self._is_only_one = is_only_one
        own = {full_url, f"Patient/{seen.id}", f"urn:uuid:{seen.id}", f"urn:oid:{seen.id}"} if seen.id else {full_url}
        self._known = {name: True for name in own if name}

    def __contains__(self, subject: Reference | None) -> bool:
        """Does this reference point to the patient?"""
        if subject is None:
            return self._is_only_one
        if not subject.reference:
            return self._has_identifier(subject) if subject.identifier else self._is_only_one
        known = self._known.get(subject.reference)
        if known is None:
            known = self._known[subject.reference] = self._points_here(subject.reference)
        return known

    def _has_identifier(self, subject: Reference) -> bool:
        asked = subject.identifier
        return asked is not None and any(
            each.value == asked.value and (not asked.system or not each.system or each.system == asked.system)
            for each in self._identifiers
        )

    def _points_here(self, reference: str) -> bool:
        plain = reference.partition("/_history")[0]
        if plain in self._known:
            return self._known[plain]
        path, asks, query = plain.partition("?identifier=")
        if asks and path.endswith("Patient"):
            system, bar, value = query.rpartition("|")
            return any(each.value == value and (not bar or each.system == system) for each in self._identifiers)
        base, _, tail = plain.rpartition("Patient/")
        if f"Patient/{tail}" not in self._tails:
            return False
        return not base or not self._base or base.rstrip("/") == self._base


def chosen(
    patients: Iterable[tuple[PatientResource, str]], wanted: str | None, name: str
) -> tuple[PatientResource, str]:
    """The patient that is asked for, or the only one. Raises `ChartError` where that is not exactly one."""
    found = list(patients)
    if wanted:
        named = [each for each in found if _is_called(*each, wanted.removeprefix("Patient/"))]
        if len(named) == 1:
            return named[0]
        trouble = "several patients" if named else "no patient"
        raise ChartError(f"{name}: {trouble} with the id or number {wanted!r}{_among(found)}")
    if not found:
        raise ChartError(f"{name}: no Patient in it; a chart needs the resource of its patient, with a birth date")
    if len(found) > 1:
        raise ChartError(
            f"{name}: {len(found)} patients in it{_among(found)}; name one: --patient ID (patient= in Python)"
        )
    return found[0]


def _is_called(seen: PatientResource, full_url: str, wanted: str) -> bool:
    return wanted in (seen.id, full_url) or any(each.value == wanted for each in seen.identifier)


def _among(found: list[tuple[PatientResource, str]]) -> str:
    ids = sorted(seen.id or full_url or "one without an id" for seen, full_url in found)
    if not ids:
        return ""
    return f" ({', '.join(ids[:5])}{', …' if len(ids) > 5 else ''})"
