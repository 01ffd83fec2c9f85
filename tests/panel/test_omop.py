"""The same invented patients as FHIR and as OMOP tables give the same facts; damage is named."""

from __future__ import annotations

import csv
import gzip
import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("duckdb")
pytest.importorskip("pyarrow")
import pyarrow as pa
import pyarrow.parquet as pq

from osteon.chart.codes import CPT, HCPCS, ICD10CM, LOINC, RXNORM, SNOMED
from osteon.chart.fhir.bundle import Piece
from osteon.chart.fhir.read import read_pieces
from osteon.chart.fhir.readers import READERS
from osteon.chart.types import Chart
from osteon.knowledge import load
from osteon.panel.omop import reader as omop_reader
from osteon.panel.omop.reader import OmopReader
from osteon.panel.omop.tables import is_omop
from osteon.panel.source import SourceError

Resource = dict[str, Any]
Tables = dict[str, list[Resource]]
DAY = date(2026, 10, 1)

# --- the vocabularies: numbers are this test's own, codes are real ----------------------------------------------------

CODES = [
    ("Gender", "F", "FEMALE"),
    ("Gender", "M", "MALE"),
    ("Race", "5", "White"),
    ("Visit", "OP", "Outpatient Visit"),
    ("Visit", "IP", "Inpatient Visit"),
    ("SNOMED", "64859006", "Osteoporosis"),
    ("ICD10CM", "M81.0", "Age-related osteoporosis without current pathological fracture"),
    ("ICD10CM", "S72.001A", "Fracture of unspecified part of neck of right femur, initial encounter"),
    ("SNOMED", "5913000", "Fracture of neck of femur"),
    ("ICD10CM", "Z79.52", "Long term (current) use of systemic steroids"),
    ("ICD10CM", "Z87.310", "Personal history of (healed) osteoporosis fracture"),
    ("LOINC", "2160-0", "Creatinine [Mass/volume] in Serum or Plasma"),
    ("LOINC", "17861-6", "Calcium [Mass/volume] in Serum or Plasma"),
    ("LOINC", "1989-3", "25-hydroxyvitamin D3 [Mass/volume] in Serum or Plasma"),
    ("LOINC", "38267-1", "DXA Lumbar spine [T-score] Bone density"),
    ("LOINC", "72166-2", "Tobacco smoking status"),
    ("SNOMED", "8517006", "Former smoker"),
    ("UCUM", "mg/dL", "milligram per deciliter"),
    ("UCUM", "ng/mL", "nanogram per milliliter"),
    ("Meas Value Operator", "x", "<"),
    ("CPT4", "77080", "Dual-energy X-ray absorptiometry, axial skeleton"),
    ("HCPCS", "J3489", "Injection, zoledronic acid, 1 mg"),
    ("HCPCS", "J0897", "Injection, denosumab, 1 mg"),
    ("RxNorm", "77655", "zoledronic acid"),
    ("RxNorm", "46041", "alendronate"),
    ("RxNorm", "8640", "prednisone"),
    ("RxNorm", "70618", "penicillin"),
    ("Type Concept", "a", "EHR prescription"),
    ("Type Concept", "b", "Pharmacy claim"),
    ("Type Concept", "c", "EHR administration record"),
    ("Type Concept", "d", "Patient self-report"),
    ("Condition Status", "e", "Preliminary diagnosis"),
    ("SNOMED", "91936005", "Allergy to penicillin"),
    ("None of ours", "77", "Something of a house"),
]
NUMBERS = {(vocabulary, code): 900_000 + number for number, (vocabulary, code, _) in enumerate(CODES)}
NAMES = {(vocabulary, code): name for vocabulary, code, name in CODES}
SYSTEM = {"SNOMED": SNOMED, "ICD10CM": ICD10CM, "LOINC": LOINC, "RxNorm": RXNORM, "HCPCS": HCPCS, "CPT4": CPT}
CONCEPT = [
    {"concept_id": NUMBERS[vocabulary, code], "concept_name": name, "domain_id": "any", "vocabulary_id": vocabulary,
     "concept_class_id": "any", "standard_concept": "S", "concept_code": code, "valid_start_date": "19700101"}
    for vocabulary, code, name in CODES
]  # fmt: skip


def n(vocabulary: str, code: str) -> int:
    return NUMBERS[vocabulary, code]


def concept(*codes: tuple[str, str]) -> Resource:
    coding = [{"system": SYSTEM[v], "code": c, "display": NAMES[v, c]} for v, c in codes]
    return {"coding": coding, "text": coding[0]["display"]}


def of(kind: str, name: str, whose: int, **fields: Any) -> Resource:
    return {"resourceType": kind, "id": name, "subject": {"reference": f"Patient/{whose}"}, **fields}


# --- Ada: osteoporosis, a broken hip, zoledronate, steroids; Ben: nearly nothing --------------------------------------

TABLES: Tables = {
    "concept": CONCEPT,
    "person": [
        {"person_id": 7, "gender_concept_id": n("Gender", "F"), "year_of_birth": 1948, "month_of_birth": 3,
         "day_of_birth": 14, "race_concept_id": n("Race", "5"), "person_source_value": "A-7"},
        {"person_id": 8, "gender_concept_id": n("Gender", "M"), "year_of_birth": 1950, "race_concept_id": 0},
    ],
    "death": [{"person_id": 8, "death_date": "2026-01-09"}],
    "visit_occurrence": [
        {"visit_occurrence_id": 70, "person_id": 7, "visit_concept_id": n("Visit", "IP"),
         "visit_start_date": "2025-02-01", "visit_end_date": "2025-02-09"},
    ],
    "condition_occurrence": [
        {"condition_occurrence_id": 1, "person_id": 7, "condition_concept_id": n("SNOMED", "64859006"),
         "condition_source_concept_id": n("ICD10CM", "M81.0"), "condition_source_value": "M81.0",
         "condition_start_date": "2024-05-01", "condition_end_date": "2024-05-01"},
        {"condition_occurrence_id": 2, "person_id": 7, "condition_concept_id": n("SNOMED", "5913000"),
         "condition_source_concept_id": n("ICD10CM", "S72.001A"), "condition_start_date": "2025-02-01",
         "condition_end_date": "2025-02-09", "visit_occurrence_id": 70},
        {"condition_occurrence_id": 3, "person_id": 8, "condition_concept_id": 0, "condition_source_value": "psoriasis",
         "condition_status_concept_id": n("Condition Status", "e"), "condition_start_date": "2020-01-01",
         "condition_end_date": "2021-01-01"},
    ],
    "drug_exposure": [
        {"drug_exposure_id": 1, "person_id": 7, "drug_concept_id": n("RxNorm", "77655"),
         "drug_source_concept_id": n("HCPCS", "J3489"), "drug_exposure_start_date": "2025-04-02",
         "drug_exposure_end_date": "2025-04-02", "quantity": 5, "dose_unit_source_value": "mg"},
        {"drug_exposure_id": 2, "person_id": 7, "drug_concept_id": n("RxNorm", "8640"),
         "drug_type_concept_id": n("Type Concept", "a"), "drug_exposure_start_date": "2026-06-01", "days_supply": 90,
         "drug_exposure_end_date": "2026-08-29", "refills": 1, "sig": "10 mg daily"},
        {"drug_exposure_id": 3, "person_id": 7, "drug_concept_id": n("RxNorm", "46041"),
         "drug_type_concept_id": n("Type Concept", "b"), "drug_exposure_start_date": "2024-06-01", "days_supply": 84},
        {"drug_exposure_id": 4, "person_id": 7, "drug_concept_id": n("RxNorm", "77655"),
         "drug_type_concept_id": n("Type Concept", "c"), "drug_exposure_start_date": "2026-04-07"},
        {"drug_exposure_id": 5, "person_id": 8, "drug_concept_id": 0, "drug_source_value": "alendronate 70 mg weekly",
         "drug_type_concept_id": n("Type Concept", "d"), "drug_exposure_start_date": "2022-01-01",
         "drug_exposure_end_date": "2024-01-01", "stop_reason": "heartburn"},
    ],
    "measurement": [
        {"measurement_id": 1, "person_id": 7, "measurement_concept_id": n("LOINC", "2160-0"),
         "measurement_date": "2026-09-01", "value_as_number": 0.9, "unit_concept_id": n("UCUM", "mg/dL"),
         "range_low": 0.5, "range_high": 1.1},
        {"measurement_id": 2, "person_id": 7, "measurement_concept_id": n("LOINC", "38267-1"),
         "measurement_date": "2024-04-20", "value_as_number": -3.1},
        {"measurement_id": 3, "person_id": 7, "measurement_concept_id": n("LOINC", "1989-3"),
         "measurement_date": "2026-09-01", "value_as_number": 4, "unit_source_value": "ng/mL",
         "operator_concept_id": n("Meas Value Operator", "x")},
        {"measurement_id": 4, "person_id": 7, "measurement_source_concept_id": n("CPT4", "77080"),
         "measurement_date": "2024-04-20"},
        {"measurement_id": 5, "person_id": 7, "measurement_concept_id": n("LOINC", "17861-6"),
         "measurement_date": "2026-09-01", "value_source_value": "hemolysed", "range_high": 10.3},
    ],
    "procedure_occurrence": [
        {"procedure_occurrence_id": 1, "person_id": 7, "procedure_source_concept_id": n("CPT4", "77080"),
         "procedure_date": "2026-02-02"},
        {"procedure_occurrence_id": 2, "person_id": 7, "procedure_source_concept_id": n("HCPCS", "J0897"),
         "procedure_date": "2023-02-02"},
    ],
    "observation": [
        {"observation_id": 1, "person_id": 7, "observation_source_concept_id": n("ICD10CM", "Z79.52"),
         "observation_date": "2026-06-01"},
        {"observation_id": 2, "person_id": 7, "observation_concept_id": n("LOINC", "72166-2"),
         "observation_date": "2026-06-01", "value_as_concept_id": n("SNOMED", "8517006")},
        {"observation_id": 3, "person_id": 7, "observation_concept_id": n("SNOMED", "91936005"),
         "observation_date": "2026-06-01", "value_as_concept_id": n("RxNorm", "70618")},
        {"observation_id": 4, "person_id": 8, "observation_concept_id": n("None of ours", "77"),
         "observation_date": "2026-06-01", "value_as_string": "who knows"},
    ],
}  # fmt: skip


def dose(name: str, codes: list[tuple[str, str]], day: str, **more: Any) -> Resource:
    told = {"status": "completed", "medicationCodeableConcept": concept(*codes), "effectiveDateTime": day}
    return of("MedicationAdministration", name, 7, **told, **more)


def found(name: str, code: str, day: str, **value: Any) -> Resource:
    told = {"status": "final", "code": concept(("LOINC", code)), "effectiveDateTime": day}
    return of("Observation", name, 7, **told, **value)


def done(name: str, code: tuple[str, str], day: str) -> Resource:
    return of("Procedure", name, 7, status="completed", code=concept(code), performedDateTime=day)


FHIR: dict[str, list[Resource]] = {
    "7": [
        {"resourceType": "Patient", "id": "7", "gender": "female", "birthDate": "1948-03-14",
         "identifier": [{"type": {"coding": [{"code": "MR"}]}, "value": "A-7"}],
         "extension": [{"url": "http://hl7.org/fhir/us/core/StructureDefinition/us-core-race",
                        "extension": [{"url": "text", "valueString": "White"}]}]},
        of("Encounter", "70", 7, status="finished", type=[{"text": "Inpatient Visit"}],
           period={"start": "2025-02-01", "end": "2025-02-09"}, **{"class": {"code": "IMP"}}),
        of("Condition", "c1", 7, code=concept(("ICD10CM", "M81.0"), ("SNOMED", "64859006")),
           onsetDateTime="2024-05-01"),
        of("Condition", "c2", 7, code=concept(("ICD10CM", "S72.001A"), ("SNOMED", "5913000")),
           onsetDateTime="2025-02-01", encounter={"reference": "Encounter/70"}),
        of("Condition", "o1", 7, code=concept(("ICD10CM", "Z79.52")), onsetDateTime="2026-06-01"),
        dose("d1", [("HCPCS", "J3489"), ("RxNorm", "77655")], "2025-04-02",
             dosage={"dose": {"value": 5, "unit": "mg"}}),
        of("MedicationRequest", "d2", 7, status="unknown", intent="order", authoredOn="2026-06-01",
           medicationCodeableConcept=concept(("RxNorm", "8640")),
           dosageInstruction=[{"text": "10 mg daily", "timing": {"repeat": {"boundsPeriod": {"start": "2026-06-01"}}}}],
           dispenseRequest={"numberOfRepeatsAllowed": 1, "expectedSupplyDuration": {"value": 90, "code": "d"}}),
        of("MedicationDispense", "d3", 7, status="completed", whenHandedOver="2024-06-01",
           medicationCodeableConcept=concept(("RxNorm", "46041")), daysSupply={"value": 84, "code": "d"}),
        dose("d4", [("RxNorm", "77655")], "2026-04-07"),
        found("m1", "2160-0", "2026-09-01", valueQuantity={"value": 0.9, "unit": "mg/dL", "code": "mg/dL"},
              referenceRange=[{"low": {"value": 0.5}, "high": {"value": 1.1}}]),
        found("m2", "38267-1", "2024-04-20", valueQuantity={"value": -3.1}),
        found("m3", "1989-3", "2026-09-01", valueQuantity={"value": 4, "unit": "ng/mL", "comparator": "<"}),
        done("m4", ("CPT4", "77080"), "2024-04-20"),
        found("m5", "17861-6", "2026-09-01", valueString="hemolysed", referenceRange=[{"high": {"value": 10.3}}]),
        done("p1", ("CPT4", "77080"), "2026-02-02"),
        done("p2", ("HCPCS", "J0897"), "2023-02-02"),
        found("o2", "72166-2", "2026-06-01", valueCodeableConcept=concept(("SNOMED", "8517006"))),
        {"resourceType": "AllergyIntolerance", "id": "o3", "patient": {"reference": "Patient/7"}, "type": "allergy",
         "code": concept(("RxNorm", "70618")), "recordedDate": "2026-06-01"},
    ],
    "8": [
        {"resourceType": "Patient", "id": "8", "gender": "male", "birthDate": "1950", "deceasedDateTime": "2026-01-09"},
        of("Condition", "c3", 8, code={"text": "psoriasis"}, onsetDateTime="2020-01-01", abatementDateTime="2021-01-01",
           verificationStatus={"text": "provisional"}),
        of("MedicationStatement", "d5", 8, status="stopped", statusReason=[{"text": "heartburn"}],
           medicationCodeableConcept={"text": "alendronate 70 mg weekly"},
           effectivePeriod={"start": "2022-01-01", "end": "2024-01-01"}),
        of("Observation", "o4", 8, status="final", code={"text": "Something of a house"},
           effectiveDateTime="2026-06-01", valueString="who knows"),
    ],
}  # fmt: skip


def write(folder: Path, form: str = "csv", tables: Tables = TABLES) -> Path:
    folder.mkdir(exist_ok=True)
    for name, rows in tables.items():
        columns = list(dict.fromkeys(column for row in rows for column in row))
        if form == "parquet":
            texts = [{column: row.get(column) for column in columns} for row in rows]
            pq.write_table(pa.Table.from_pylist(texts), folder / f"{name.upper()}.parquet")
        elif form == "parts":
            (folder / name).mkdir()
            for number, row in enumerate(rows):
                whole = pa.Table.from_pylist([{column: row.get(column) for column in row}])
                pq.write_table(whole, folder / name / f"part-{number}.parquet")
        else:
            ending = {"csv": ".csv", "gz": ".csv.gz", "tabs": ".csv"}[form]
            with (gzip.open if form == "gz" else open)(folder / f"{name}{ending}", "wt", encoding="utf-8") as stream:
                quoting = {"delimiter": "\t", "quoting": csv.QUOTE_NONE, "quotechar": None} if form == "tabs" else {}
                writer = csv.DictWriter(stream, columns, restval="", lineterminator="\n", **quoting)
                writer.writeheader()
                writer.writerows(rows)
    return folder


def charts(folder: Path, **settings: Any) -> dict[str, Chart]:
    reader = OmopReader(folder, READERS, **settings)
    assert reader.notes.lines() == []
    return {
        case.patient: read_pieces(case.pieces, load(DAY), name="x", patient=case.patient, on=DAY)
        for case in reader.cases()
    }


def from_fhir(whose: str) -> Chart:
    pieces = [Piece(each["resourceType"], "", json.dumps(each).encode()) for each in FHIR[whose]]
    return read_pieces(pieces, load(DAY), name="x", patient=whose, on=DAY)


@pytest.mark.parametrize("form", ["csv", "gz", "tabs", "parquet", "parts"])
def test_the_same_patients_as_fhir_and_as_omop_give_the_same_facts(tmp_path: Path, form: str) -> None:
    read = charts(write(tmp_path / "cdm", form))
    assert list(read) == ["7", "8"]
    for whose, chart in read.items():
        assert chart == from_fhir(whose)


def test_the_facts_of_the_test_are_not_empty() -> None:
    ada, ben = from_fhir("7"), from_fhir("8")
    assert {each.drug for each in ada.courses} >= {"zoledronic_acid", "denosumab", "alendronate"}
    assert [each.amount for each in ada.by_drug["zoledronic_acid"][0].doses] == [5.0, None]
    assert [each.site for each in ada.fractures] == ["hip"]
    assert {each.kind for each in ada.measurements} >= {"creatinine", "t_score", "vitamin_d_25oh"}
    assert any("osteoporosis" in each.kinds for each in ada.conditions)
    assert all(each.ended is None for each in ada.conditions)
    assert ada.allergies
    assert ben.courses[0].stop_reason == "heartburn"
    assert ben.patient.deceased


def test_an_end_that_is_the_end_of_the_visit_does_not_end_the_illness(tmp_path: Path) -> None:
    (_, ada), (_, ben) = charts(write(tmp_path)).items()
    assert [each.ended for each in ada.conditions] == [None] * len(ada.conditions)
    assert str(from_fhir("8").conditions[0].ended if ben.conditions else "2021-01-01") == "2021-01-01"


def test_what_is_missing_says_nothing(tmp_path: Path) -> None:
    few = {name: TABLES[name] for name in ("concept", "person")}
    read = charts(write(tmp_path, tables=few))
    assert [str(each.patient.birth_date) for each in read.values()] == ["1948-03-14", "1950"]
    assert all(not each.conditions and not each.lists for each in read.values())


def test_the_number_nought_is_a_patient_but_no_concept(tmp_path: Path) -> None:
    people = [{"person_id": 0, "gender_concept_id": 0, "year_of_birth": 1950}]
    (chart,) = charts(write(tmp_path, tables={"concept": CONCEPT, "person": people})).values()
    assert (chart.patient.id, chart.patient.sex) == ("0", None)


def test_only_what_is_wanted_is_read(tmp_path: Path) -> None:
    reader = OmopReader(write(tmp_path), ["Patient", "Condition"])
    kinds = {piece.kind for case in reader.cases() for piece in case.pieces}
    assert kinds == {"Patient", "Condition"}


def test_a_folder_is_told_to_hold_omop_by_its_tables(tmp_path: Path) -> None:
    assert is_omop(write(tmp_path / "cdm"))
    (tmp_path / "other").mkdir()
    assert not is_omop(tmp_path / "other")
    with pytest.raises(SourceError, match="no table concept and no table person"):
        list(OmopReader(tmp_path / "other", READERS).cases())


def test_a_table_of_another_shape_is_named(tmp_path: Path) -> None:
    write(tmp_path)
    (tmp_path / "person.csv").write_text("a,b\n1,2\n", "utf-8")
    with pytest.raises(SourceError, match=r"person\.csv: no column of the table person"):
        list(OmopReader(tmp_path, READERS).cases())


def test_a_bad_cell_costs_that_cell_and_a_bad_line_is_named(tmp_path: Path) -> None:
    write(tmp_path)
    with (tmp_path / "measurement.csv").open("a", encoding="utf-8") as stream:
        columns = (tmp_path / "measurement.csv").read_text("utf-8").partition("\n")[0].split(",")
        row = {"measurement_id": "9", "person_id": "7", "measurement_date": "soon", "value_as_number": "many"}
        stream.write(",".join(row.get(column, "") for column in columns) + "\n")
        stream.write(f"10{',' * 40}secret\n")
    reader = OmopReader(tmp_path, READERS)
    assert [case.patient for case in reader.cases()] == ["7", "8"]
    (bad,) = reader.notes.bad
    assert "measurement.csv line 8" in bad
    assert "secret" not in bad


def test_the_order_is_the_same_in_little_memory_and_on_one_thread(tmp_path: Path) -> None:
    folder = write(tmp_path)
    one = list(OmopReader(folder, READERS, threads=1, memory_bytes=1).cases())
    assert one == list(OmopReader(folder, READERS, threads=4).cases())


def test_in_buckets_the_same_patients_come_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    people = [{"person_id": 100 + number, "year_of_birth": 1940} for number in range(40)]
    folder = write(tmp_path, tables={**TABLES, "person": [*TABLES["person"], *people]})
    whole = list(OmopReader(folder, READERS).cases())
    monkeypatch.setattr(omop_reader, "_SORTED", 10**12)
    monkeypatch.setattr(omop_reader, "_MOST_BUCKETS", 3)
    dealt = list(OmopReader(folder, READERS).cases())
    assert [case.patient for case in dealt] != [case.patient for case in whole]
    assert sorted(dealt) == sorted(whole)


def test_it_tells_how_far_it_is(tmp_path: Path) -> None:
    told: list[tuple[int, int]] = []
    reader = OmopReader(write(tmp_path), READERS, told=lambda done, of: told.append((done, of)))
    assert len(list(reader.cases())) == 2
    assert told[-1] == (reader.total_bytes, reader.total_bytes)
