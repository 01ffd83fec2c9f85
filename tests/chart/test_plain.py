"""A table that a nurse can write says the same as the FHIR of a hospital."""

from __future__ import annotations

import re
from datetime import date
from functools import cache
from pathlib import Path

import jsonschema_rs
import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from osteon.chart import reasons
from osteon.chart.errors import ChartError
from osteon.chart.plain import COLUMNS, as_fhir, is_plain, read_plain
from osteon.chart.read import read
from osteon.chart.types import Cause, Chart, Sex, When
from osteon.knowledge import load

KNOWLEDGE = load(date(2026, 11, 23))
PAGE = Path(__file__).parents[2] / "docs/reference/plain-chart.md"
WHO = "what,value,unit,date,site,note\nsex,female\nbirth_date,1961-03-02\nwritten,2026-11-01\n"


def block(language: str) -> bytes:
    """The example of the reference page in one language."""
    found = re.search(rf"```{language}\n(.*?)```", PAGE.read_text("utf-8"), re.DOTALL)
    assert found
    return found[1].encode()


def chart(*rows: str, on: date | None = None) -> Chart:
    return read_plain((WHO + "\n".join(rows)).encode(), KNOWLEDGE, on=on)


@cache
def r4_schema() -> jsonschema_rs.Validator:
    import lzma

    packed = (Path(__file__).parents[1] / "data/fhir.schema.r4.json.xz").read_bytes()
    return jsonschema_rs.validator_for(msgspec.json.decode(lzma.decompress(packed)))


# --- the reference page --------------------------------------------------------------------------------------------


def test_every_row_of_the_template_is_understood() -> None:
    mary = read_plain(block("csv"), KNOWLEDGE)
    assert mary.skipped == ()
    assert mary.patient.sex is Sex.FEMALE
    assert mary.patient.birth_date == When.on(date(1961, 3, 2))
    assert mary.lists == {"medications", "conditions", "allergies", "procedures"}
    assert [fracture.site for fracture in mary.fractures] == ["vertebra", "forearm"]
    assert {fracture.cause for fracture in mary.fractures} == {Cause.FRAGILITY}


def test_the_template_in_json_says_the_same_as_in_csv() -> None:
    from_json = read_plain(block("json"), KNOWLEDGE)
    assert from_json.skipped == ()
    names = [row["what"] for row in msgspec.json.decode(block("json"))]
    header, *lines = block("csv").decode().splitlines()
    same = [line for line in lines if line.split(",")[0] in names]
    same = [line for line in same if "femoral" not in line and "hip" not in line and "calcium" not in line]
    same = [line.replace("2021-02..2026-08,,heartburn", "2021-02..") for line in same if "colecalciferol" not in line]
    from_csv = read_plain("\n".join([header, *same]).encode(), KNOWLEDGE)

    def said(each: Chart) -> list[tuple[object, ...]]:
        facts = [(item.kind, item.value, item.when) for item in (*each.measurements, *each.answers)]
        return facts + [(course.drug, course.start, course.is_active) for course in each.courses]

    assert said(from_json)
    assert said(from_csv) == said(from_json)


def test_the_page_names_every_column() -> None:
    page = PAGE.read_text("utf-8")
    assert all(f"`{column}`" in page for column in COLUMNS)


def test_what_it_becomes_is_valid_fhir() -> None:
    resources, _ = as_fhir(block("csv") + b"no procedures\nblood pressure,130/80\n", KNOWLEDGE)
    bundle = {"resourceType": "Bundle", "type": "collection", "entry": [{"resource": each} for each in resources]}
    problems = [f"{list(error.instance_path)}: {error.message}" for error in r4_schema().iter_errors(bundle)]
    assert not problems, problems[:3]


# --- rows ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("row", "kind", "value", "site"),
    [
        ("creatinine,80,µmol/L,2026-10-01", "creatinine", 0.905, ""),
        ("creatinine,0.8 mg/dL,,2026-10-01", "creatinine", 0.8, ""),
        ("Serum Creatinine,0.8,mg/dL", "creatinine", 0.8, ""),
        ("vitamin_d_25oh,30,ng/mL", "vitamin_d_25oh", 30, ""),
        ("crcl_reported,52,mL/min", "crcl_reported", 52, ""),
        ("temperature,99.5,°F", "temperature", 37.5, ""),
        ("T-score,-2.7,,2026-09-01,L1-L4", "t_score", -2.7, "lumbar_spine"),
        ("T-score femoral neck,-2.7", "t_score", -2.7, "femoral_neck"),
        ("bmd,0.812,g/cm2,2026-09-01,left total hip", "bmd", 0.812, "total_hip"),
        ("frax hip,4.2", "frax_hip", 4.2, ""),
    ],
)
def test_a_measurement_is_kept_in_one_unit(row: str, kind: str, value: float, site: str) -> None:
    (found,) = chart(row).measurements
    assert (found.kind, found.site) == (kind, site)
    assert found.value == pytest.approx(value, rel=1e-3)


def test_a_row_without_a_date_is_of_the_day_of_the_table() -> None:
    found = chart("creatinine,0.8,mg/dL", "falls,2")
    assert {item.when for item in found.measurements} == {When.on(date(2026, 11, 1))}


def test_a_normal_range_and_the_scanner_are_kept() -> None:
    header = "what,value,unit,date,site,low,high,machine\nsex,f\nbirth_date,1961\n"
    rows = "calcium,2.3,mmol/L,2026-10-01,,2.2,2.6,\nbmd,0.7,g/cm2,2026-10-01,spine,,,Hologic Horizon\n"
    density, calcium = sorted(
        read_plain((header + rows).encode(), KNOWLEDGE).measurements, key=lambda item: item.kind != "bmd"
    )
    assert (calcium.low, calcium.high) == (pytest.approx(8.817, abs=0.001), pytest.approx(10.42, abs=0.001))
    assert density.machine == "Hologic Horizon"


def test_blood_pressure_is_two_measurements() -> None:
    found = {item.kind: item.value for item in chart("blood pressure,132/78").measurements}
    assert found == {"systolic_bp": 132, "diastolic_bp": 78}


@pytest.mark.parametrize(
    ("row", "site", "cause", "when"),
    [
        ("fracture,fell from standing height,,2025-11,wrist", "forearm", Cause.FRAGILITY, "2025-11"),
        ("fracture,car accident,,2019-05-04,left hip", "hip", Cause.TRAUMA, "2019-05-04"),
        ("fracture,pathological,,2024,femur shaft", "femur_shaft", Cause.PATHOLOGICAL, "2024"),
        ("fracture,,,2024,spine", "vertebra", Cause.UNSTATED, "2024"),
        ("fracture,fragility,,,hip", "hip", Cause.FRAGILITY, "None"),
    ],
)
def test_a_fracture_has_a_bone_a_cause_and_a_day(row: str, site: str, cause: Cause, when: str) -> None:
    (found,) = chart(row).fractures
    assert (found.site, found.cause, str(found.when)) == (site, cause, when)
    assert found.is_history == (found.when is None)


@pytest.mark.parametrize(
    ("row", "drug", "start", "stop", "is_active"),
    [
        ("drug,alendronate 70 mg weekly,,2021-02..2026-08", "alendronate", "2021-02", "2026-08", False),
        ("medicine,Evista 60 mg daily,,2024..", "raloxifene", "2024", "None", True),
        ("drug,omeprazole 20 mg daily", "proton_pump_inhibitor", "None", "None", True),
    ],
)
def test_a_medicine_becomes_a_course(row: str, drug: str, start: str, stop: str, is_active: bool) -> None:
    (found,) = chart(row).courses
    assert (found.drug, str(found.start), str(found.stop), found.is_active) == (drug, start, stop, is_active)


def test_the_reason_for_stopping_and_the_daily_amount_are_kept() -> None:
    tablet, steroid = chart("drug,Fosamax 70 mg weekly,,2021..2023,,heartburn", "drug,prednisone 7.5 mg daily").courses[
        ::-1
    ]
    assert tablet.stop_reason == "heartburn"
    assert (steroid.amount_per_day, steroid.unit) == (7.5, "mg/d")


@pytest.mark.parametrize(
    ("said", "drug", "is_oncology", "amount"),
    [
        ("zoledronic acid 5 mg", "zoledronic_acid", False, 5),
        ("Zometa 4 mg", "zoledronic_acid", True, 4),
        ("zoledronic acid 4 mg", "zoledronic_acid", True, 4),
        ("Prolia 60 mg", "denosumab", False, 60),
        ("denosumab 120 mg", "denosumab", True, 120),
        ("ibandronate 3 mg", "ibandronate", False, 3),
    ],
)
def test_a_dose_is_told_from_the_dose_of_the_cancer_product(
    said: str, drug: str, is_oncology: bool, amount: float
) -> None:
    (course,) = chart(f"dose,{said},,2025-10-01").courses
    assert (course.drug, course.is_oncology) == (drug, is_oncology)
    assert course.last_dose is not None
    assert course.last_dose.amount == amount


def test_allergies_relatives_answers_and_payers_are_read() -> None:
    found = chart(
        "intolerance,alendronate,,,,heartburn",
        "mother,hip fracture",
        "smoking,current",
        "answer thigh_or_groin_pain,no",
        "invasive_dental_work_planned,yes",
        "insurance,Medicare,,2026-03..",
    )
    (allergy,) = found.allergies
    assert (allergy.kinds, allergy.is_intolerance, allergy.reactions) == ({"alendronate"}, True, ("heartburn",))
    assert [(each.relation, each.kinds) for each in found.relatives] == [("mother", {"fracture.hip"})]
    answers = {each.kind: each.value for each in found.answers}
    assert answers == {"current_smoker": True, "thigh_or_groin_pain": False, "invasive_dental_work_planned": True}
    assert [each.payer for each in found.coverages] == ["Medicare"]


def test_a_condition_that_is_over_is_not_active() -> None:
    over, goes_on = chart("condition,hyperthyroidism,,2010..2012", "condition,rheumatoid arthritis,,2015").conditions
    assert (over.kinds, over.is_active, str(over.ended)) == ({"hyperthyroidism"}, False, "2012")
    assert (goes_on.kinds, goes_on.is_active) == ({"rheumatoid_arthritis"}, True)


def test_silence_says_nothing_until_a_list_is_begun_or_said_to_be_empty() -> None:
    assert chart("weight,60,kg").lists == frozenset()
    assert chart("drug,omeprazole 20 mg daily").lists == {"medications"}
    assert chart("no medicines", "no allergies").lists == {"medications", "allergies"}
    assert chart("allergy,none").allergies[0].none_known


# --- what is left out ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ("creatinine,80", reasons.NO_UNIT),
        ("creatinine,0.8,mg/dL,10/01/2026", reasons.NOT_A_DATE),
        ("height,1.62,cm", reasons.IMPLAUSIBLE),
        ("blood pressure,high", reasons.NOT_A_NUMBER),
        ("dose,zoledronic acid 5 mg", reasons.NO_DATE),
        ("drug,", reasons.NO_VALUE),
        ("thigh_or_groin_pain,", reasons.NO_ANSWER),
        ("banana,3", reasons.UNKNOWN_ROW),
    ],
)
def test_a_row_that_is_not_understood_is_left_out_by_its_number(row: str, reason: str) -> None:
    found = chart("weight,60,kg", row)
    (left_out,) = found.skipped
    assert (left_out.what, left_out.reason) == ("row 6", reason)
    assert len(found.measurements) == 1


def test_what_is_no_number_and_what_no_value_set_holds_is_left_out_with_the_reason() -> None:
    found = chart("weight,heavy,kg", "condition,eczema", "drug,simvastatin 20 mg")
    assert {each.reason for each in found.skipped} == {reasons.NOT_A_NUMBER, reasons.UNKNOWN_CODE}


def test_what_is_dated_after_the_day_in_question_is_left_out_by_name() -> None:
    found = chart("weight,60,kg,2026-10-01", "weight,61,kg,2026-12-01", on=date(2026, 11, 23))
    assert [item.value for item in found.measurements] == [60]
    assert [each.reason for each in found.skipped] == [reasons.FUTURE]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "no column is called what"),
        (b"what,value\n", "the table has no rows"),
        (b"name,age\nMary,65\n", "no column is called what"),
        (b"what,value\nsex,female\n", "there is no birth date"),
        (b"what,value\nbirth_date,soon\n", "'soon' is not a date"),
        (b"what,value\nsex,x\nbirth_date,1961\n", "write female or male"),
        (b"what,value\nbirth_date,1961\nbirth_date,1950\n", "one table is the chart of one patient"),
        (b"what,value,colour\nbirth_date,1961,red\n", "no column is called 'colour'"),
        (b"what,value\nbirth_date,1961\ndrug,calcium 500 mg, daily\n", "more cells than columns"),
        (b'what,value\nbirth_date,"1961\n', "not CSV"),
        (b"what,value\nbirth_date,1961\nname,Ren\xe9e\n", "not UTF-8"),
        (b"what,value\nbirth_date,1961\nwritten,today\n", "the day of the chart"),
        (b'[{"what": "sex"', "expected a list of objects"),
    ],
)
def test_a_table_that_is_none_is_refused_and_says_how_to_mend_it(content: bytes, message: str) -> None:
    with pytest.raises(ChartError, match=re.escape(message)):
        read_plain(content, KNOWLEDGE, name="mary.csv")


@pytest.mark.parametrize("mark", [",", ";", "\t"])
def test_spreadsheets_part_cells_by_commas_semicolons_or_tabs(mark: str) -> None:
    rows = (
        ("\ufeffWhat", "Value", "Unit", "Date"),
        ("sex", "male"),
        ("born", "1950-05"),
        ("weight", "80", "kg", "2026"),
    )
    found = read_plain("\r\n".join(mark.join(row) for row in rows).encode(), KNOWLEDGE)
    assert (found.patient.sex, str(found.patient.birth_date)) == (Sex.MALE, "1950-05")
    assert [item.value for item in found.measurements] == [80]


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (WHO.encode(), True),
        (b"# a comment\n\xef\xbb\xbfwhat;value\n", False),
        (b"\xef\xbb\xbf# a comment\nwhat;value\n", True),
        (b' [{"what": "sex"}]', True),
        (b'{"resourceType": "Patient"}', False),
        (b'[{"resourceType": "Patient"}]', False),
        (b"", False),
    ],
)
def test_a_plain_table_is_told_from_fhir(content: bytes, expected: bool) -> None:
    assert is_plain(content) is expected


def test_it_is_read_wherever_a_chart_is_read(tmp_path: Path) -> None:
    table = tmp_path / "mary.csv"
    table.write_bytes(block("csv"))
    listed = tmp_path / "mary.json"
    listed.write_bytes(block("json"))
    expected = read_plain(block("csv"), KNOWLEDGE).fingerprint
    assert read(table, KNOWLEDGE).fingerprint == expected
    assert read(block("csv"), KNOWLEDGE).fingerprint == expected
    assert read(listed, KNOWLEDGE).patient.sex is Sex.FEMALE
    table.write_text("Mary,65\n")
    with pytest.raises(ChartError, match=r"mary\.csv: no column is called what"):
        read(table, KNOWLEDGE)


# --- whatever is written -------------------------------------------------------------------------------------------

_WHATS = st.sampled_from(sorted(set(re.findall(r"`([\w -]+)`", PAGE.read_text("utf-8")))))
_CELLS = st.one_of(
    st.text(max_size=12),
    st.sampled_from(["0.8", "-2.5", "zoledronic acid 5 mg", "2021-02..", "2020..2022", "mg/dL", "hip", "yes", "NaN"]),
)


@given(
    st.lists(st.fixed_dictionaries({"what": _WHATS, "value": _CELLS, "unit": _CELLS, "date": _CELLS, "site": _CELLS}))
)
def test_no_table_breaks_it(rows: list[dict[str, str]]) -> None:
    table = [{"what": "sex", "value": "female"}, {"what": "birth_date", "value": "1961-03-02"}, *rows]
    try:
        found = read_plain(msgspec.json.encode(table), KNOWLEDGE)
    except ChartError:
        return
    assert found.patient.sex is Sex.FEMALE


@given(st.binary(max_size=200))
def test_no_bytes_break_it(content: bytes) -> None:
    assert is_plain(content) in (True, False)
    with pytest.raises(ChartError):
        read_plain(content, KNOWLEDGE)


@given(st.permutations([line for line in block("csv").decode().splitlines()[1:] if line and line[0] != "#"]))
def test_the_order_of_the_rows_says_nothing(lines: list[str]) -> None:
    def facts(rows: list[str]) -> list[tuple[str, object]]:
        found = read_plain(("what,value,unit,date,site,note\n" + "\n".join(rows)).encode(), KNOWLEDGE)
        measured = [(item.kind, item.value) for item in found.measurements]
        return sorted(measured + [(course.drug, str(course.start)) for course in found.courses], key=str)

    assert facts(lines) == facts(sorted(lines))
