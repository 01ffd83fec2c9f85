"""Many machines find what one finds, row for row, also when one of them is lost on the way."""

from __future__ import annotations

import gzip
import json
import os
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator
from functools import partial
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("pyarrow")
import pyarrow as pa

from osteon.chart.fhir.readers import READERS
from osteon.panel import engine, engine_steps
from osteon.panel.engine import Engine, EngineError, rows
from osteon.panel.engine_steps import (
    ANSWERED,
    DEALT,
    answered,
    answers_in,
    dealt,
    files_in,
    kind_of_first,
    medications_in,
    units_of,
)
from osteon.panel.notes import Notes
from osteon.panel.omop.reader import OmopReader
from osteon.panel.source import Case, Reader, SourceError
from tests.panel.cases import Resource, bundle, person, prescription, visit
from tests.panel.engine_work import digest, slow_digest
from tests.panel.test_omop import TABLES, write
from tests.panel.test_parquet_source import by_kind, table, whole

HERE = Path(__file__).resolve().parents[2]
WANTED = frozenset(READERS)
pytestmark = pytest.mark.filterwarnings("ignore")  # engines warn of much that is not ours


def about(name: str, *resources: Resource) -> list[Resource]:
    mine = ({**each, "id": f"{name}-{each['id']}", "subject": {"reference": f"Patient/{name}"}} for each in resources)
    return [person(name=name), *mine]


def bone(day: str, value: float) -> Resource:
    code = {"coding": [{"system": "http://loinc.org", "code": "38267-1"}]}
    told = {"status": "final", "code": code, "effectiveDateTime": day, "valueQuantity": {"value": value}}
    return {"resourceType": "Observation", "id": f"t{day}", **told}


@pytest.fixture
def source(tmp_path: Path) -> Path:
    """A bulk export of 60 patients in several files of each type, with shared medications, and some damage."""
    folder = tmp_path / "export"
    folder.mkdir()
    drug = {"resourceType": "Medication", "id": "m1", "code": {"text": "alendronate 70 mg"}}
    (folder / "Medication.1.ndjson").write_text(json.dumps(drug) + "\n", "utf-8")
    files: dict[str, list[str]] = {}
    for number in range(60):
        order = prescription("", "2025-01-01")
        del order["medicationCodeableConcept"]
        order["medicationReference"] = {"reference": "Medication/m1"}
        mine = about(
            f"p{number:02}", visit(), bone("2024-01-01", -number / 20), bone("2026-01-01", -number / 25), order
        )
        for place, each in enumerate(mine):
            files.setdefault(f"{each['resourceType']}.{(number + place) % 3}", []).append(json.dumps(each))
    for name, lines in files.items():
        (folder / f"{name}.ndjson").write_text("\n".join(lines) + "\n", "utf-8")
    with (folder / "Observation.1.ndjson").open("a", encoding="utf-8") as stream:
        stream.write('{"resourceType": "Observation", "id": \n')
    packed = folder / "Encounter.2.ndjson"
    packed.with_suffix(".ndjson.gz").write_bytes(gzip.compress(packed.read_bytes()))
    packed.unlink()
    (folder / "more.json").write_text(bundle(*about("q1", visit()), *about("q2", bone("2025-05-05", -3))), "utf-8")
    nobody = {**visit(), "id": "lost", "subject": {"reference": "Patient/nobody"}}
    (folder / "Encounter.9.ndjson").write_text(json.dumps(nobody) + "\n", "utf-8")
    return folder


def here(source: Path, work: Callable[[Case], bytes] = digest) -> dict[str, bytes]:
    """What one machine finds."""
    cases = [case for case in Reader(source, WANTED).cases() if case.patient != "nobody"]
    return {case.patient: work(case) for case in cases}


NOTES = [
    "1 lines or files could not be read:",
    "  Observation.1.ndjson line",
    "1 patients not judged: ",
]


def said_as_expected(notes: Notes) -> bool:
    lines = notes.lines()
    return len(lines) == len(NOTES) and all(map(str.startswith, lines, NOTES))


# --- the steps, without an engine -----------------------------------------------------------------------------------


def by_hand(source: Path, work: Callable[[Case], bytes] = digest) -> tuple[dict[str, bytes], Notes]:
    """The two steps one after the other, as an engine would run them."""
    import pyarrow.parquet as pq

    notes = Notes()
    units = units_of(source, 5)
    medications = medications_in(source, notes)
    table = pa.Table.from_batches([batch for each in units for batch in dealt(each, WANTED)], DEALT)
    in_order = table.sort_by([("patient", "ascending"), ("kind", "ascending")]).to_batches(7)
    found = pa.Table.from_batches(answered(in_order, medications, WANTED, work), ANSWERED)
    (source.parent / "answers").mkdir()
    pq.write_table(found, source.parent / "answers" / "part-0.parquet")
    return dict(answers_in(source.parent / "answers", notes)), notes


def test_dealt_and_brought_together_again_each_patient_is_the_same(source: Path) -> None:
    found, notes = by_hand(source)
    assert len(found) == 62
    assert found == here(source)
    assert said_as_expected(notes)


def test_the_medications_of_their_own_file_reach_every_patient(source: Path) -> None:
    def drugs(case: Case) -> bytes:
        return b"|".join(sorted(bytes(each.raw) for each in case.pieces if each.kind == "Medication"))

    found, _ = by_hand(source, drugs)
    assert found == here(source, drugs) | {"nobody": b""}
    assert b"alendronate" in found["p00"]


def test_a_patient_that_cannot_be_answered_for_is_counted_without_a_name(source: Path) -> None:
    def refuse(case: Case) -> bytes:
        raise ValueError(case.patient)

    found, notes = by_hand(source, refuse)
    assert found == {}
    assert notes.not_judged == {"a date or number that cannot be reckoned with": 63}


def test_omop_tables_are_cut_by_patient_and_parquet_by_file(tmp_path: Path) -> None:
    (tmp_path / "1").mkdir()
    people = [{"person_id": 100 + number, "year_of_birth": 1940} for number in range(40)]
    tables = write(tmp_path / "1" / "omop", tables={**TABLES, "person": [*TABLES["person"], *people]})
    with (tables / "person.csv").open("a", encoding="utf-8") as stream:
        stream.write(f"9{',' * 40}x\n")
    units = units_of(tables, 5)
    assert [(each.part, each.parts) for each in units] == [(part, 5) for part in range(5)]
    found, notes = by_hand(tables)
    assert found == {case.patient: digest(case) for case in OmopReader(tables, WANTED).cases()}
    assert len(found) == 42
    assert notes.bad_count == 1
    (tmp_path / "2").mkdir()
    for kind, resources in by_kind().items():
        table(tmp_path / "2" / "parquet", kind, [whole(each) for each in resources])
    found, _ = by_hand(tmp_path / "2" / "parquet")
    assert list(found) == ["7", "8"]


def test_files_are_told_apart_by_what_they_hold(source: Path) -> None:
    kinds = {each.name: kind_of_first(each) for each in files_in(source)}
    assert kinds["Medication.1.ndjson"] == "Medication"
    assert kinds["Encounter.2.ndjson.gz"] == "Encounter"
    assert kinds["more.json"] == ""


def test_a_damaged_file_is_named_and_the_rest_is_read(source: Path) -> None:
    (source / "Condition.1.ndjson.gz").write_bytes(b"\x1f\x8b damaged")
    found, notes = by_hand(source)
    assert found == here(source)
    assert any("Condition.1.ndjson.gz" in each for each in notes.bad)


def test_small_files_are_read_together_and_large_ones_alone(source: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    files = [str(each) for each in files_in(source)]
    assert [list(each.paths) for each in units_of(source, 1)] == [files]
    monkeypatch.setattr(engine_steps, "_UNIT_BYTES", 1)
    assert [list(each.paths) for each in units_of(source, 1)] == [[each] for each in files]
    found, notes = by_hand(source)
    assert found == here(source)
    assert said_as_expected(notes)


def test_an_engine_that_is_not_installed_says_how_to_install_it(
    source: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engine, "find_spec", lambda _: None)
    with pytest.raises(EngineError, match=r"needs pyspark; install it with: pip install 'osteon\[spark\]'"):
        list(rows(Engine.SPARK, source, WANTED, digest, folder=tmp_path / "out", notes=Notes()))


def stand_in(monkeypatch: pytest.MonkeyPatch, *, breaks: bool = False) -> list[engine.Job]:
    """An engine that is none: it writes down what it was given, and does the two steps here."""
    import pyarrow.parquet as pq

    jobs: list[engine.Job] = []

    def run(job: engine.Job) -> None:
        jobs.append(job)
        if breaks and len(jobs) == 1:
            raise KeyboardInterrupt
        table = pa.Table.from_batches([batch for each in job.units for batch in dealt(each, WANTED)], DEALT)
        in_order = table.sort_by([("patient", "ascending"), ("kind", "ascending")]).to_batches()
        Path(job.folder).mkdir()
        found = pa.Table.from_batches(answered(in_order, job.medications, WANTED, job.work), ANSWERED)
        pq.write_table(found, Path(job.folder) / "part-0.parquet")

    monkeypatch.setattr(engine, "_runner", lambda _: run)
    return jobs


def test_a_run_that_was_cut_off_begins_again_and_one_that_ended_does_not(
    source: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    jobs = stand_in(monkeypatch, breaks=True)

    def ask(**more: int) -> tuple[dict[str, bytes], Notes]:
        notes = Notes()
        found = rows(Engine.SPARK, source, WANTED, digest, folder=tmp_path / "out", notes=notes, **more)
        return dict(found), notes

    with pytest.raises(KeyboardInterrupt):
        ask()
    with pytest.raises(EngineError, match="holds something else"):
        ask(parts=3)
    for _ in range(2):
        found, notes = ask()
        assert found == here(source)
        assert said_as_expected(notes)
    assert len(jobs) == 2


def test_a_folder_with_something_else_in_it_is_left_alone(
    source: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stand_in(monkeypatch)
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "thesis.doc").write_text("mine", "utf-8")
    with pytest.raises(EngineError, match="holds something else"):
        list(rows(Engine.SPARK, source, WANTED, digest, folder=tmp_path / "out", notes=Notes()))


def test_a_folder_without_a_source_says_so(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    with pytest.raises(SourceError, match=r"no \.json, \.ndjson or \.parquet file"):
        list(rows(Engine.SPARK, tmp_path / "empty", WANTED, digest, folder=tmp_path / "out", notes=Notes()))


# --- engines, where they are installed -------------------------------------------------------------------------------

WORKERS = 3


@pytest.fixture(scope="module")
def spark() -> Iterator[Any]:
    if find_spec("pyspark") is None:
        pytest.skip("Spark (pyspark) is not installed")
    os.environ["PYSPARK_PYTHON"] = sys.executable
    import pyspark
    from pyspark.sql import SparkSession

    os.environ.setdefault("SPARK_HOME", str(Path(pyspark.__file__).parent))
    session = (
        SparkSession.builder.master(f"local-cluster[{WORKERS},1,1024]")
        .config("spark.ui.enabled", "false")
        .config("spark.ui.showConsoleProgress", "false")
        .config("spark.executorEnv.PYTHONPATH", f"{HERE}:{HERE / 'src'}")
        .config("spark.executor.memory", "1g")
        .getOrCreate()
    )
    session.sparkContext.setLogLevel("OFF")
    yield session
    session.stop()


def executors(session: Any) -> list[int]:
    """The processes of the session's workers."""
    mine = session.sparkContext.applicationId.encode()
    found = []
    for each in Path("/proc").glob("[0-9]*"):
        try:
            line = (each / "cmdline").read_bytes()
        except OSError:
            continue
        if mine in line and b"CoarseGrainedExecutorBackend" in line and b"java" in line.partition(b"\0")[0]:
            found.append(int(each.name))
    return found


@pytest.fixture(scope="module")
def ray() -> Iterator[Any]:
    if find_spec("ray") is None:
        pytest.skip("Ray is not installed")
    os.environ.update(RAY_USAGE_STATS_ENABLED="0", PYTHONPATH=f"{HERE}:{HERE / 'src'}")
    import ray
    from ray.cluster_utils import Cluster

    cluster = Cluster(initialize_head=True, head_node_args={"num_cpus": 1, "include_dashboard": False})
    cluster.nodes = [cluster.add_node(num_cpus=1) for _ in range(WORKERS - 1)]
    ray.init(address=cluster.address, log_to_driver=False)
    yield cluster
    ray.shutdown()
    cluster.shutdown()


def killed_in_the_middle(marks: Path, kill: Callable[[], None]) -> threading.Thread:
    """Kill a worker as soon as some patients have their answers; the marks say that work goes on."""

    def watch() -> None:
        end = time.monotonic() + 120
        while time.monotonic() < end and sum(each.stat().st_size for each in marks.iterdir()) < 8:
            time.sleep(0.05)
        kill()

    thread = threading.Thread(target=watch, daemon=True)
    thread.start()
    return thread


@pytest.mark.parametrize("name", ["spark", "ray"])
def test_an_engine_finds_what_one_machine_finds_and_does_nothing_twice(
    name: str, source: Path, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    request.getfixturevalue(name)
    expected = here(source)
    for _ in range(2):
        notes = Notes()
        found = dict(rows(Engine(name), source, WANTED, digest, folder=tmp_path / "out", notes=notes, parts=4))
        assert found == expected
        assert said_as_expected(notes)
        (source / "Patient.0.ndjson").unlink(missing_ok=True)  # the second time the answers are there already


@pytest.mark.parametrize("name", ["spark", "ray"])
def test_a_worker_that_is_killed_on_the_way_changes_nothing(
    name: str, source: Path, tmp_path: Path, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    cluster = request.getfixturevalue(name)
    monkeypatch.setattr(engine_steps, "_UNIT_BYTES", 1)
    marks = tmp_path / "marks"
    marks.mkdir()
    killed: list[int] = []

    def kill() -> None:
        if name == "spark":
            killed.append(executors(cluster)[0])
            os.kill(killed[0], signal.SIGKILL)
        else:
            killed.append(1)
            cluster.remove_node(cluster.nodes[0], allow_graceful=False)

    watch = killed_in_the_middle(marks, kill)
    work = partial(slow_digest, pause_s=0.1, mark=str(marks))
    notes = Notes()
    found = dict(rows(Engine(name), source, WANTED, work, folder=tmp_path / "out", notes=notes, parts=6))
    watch.join(timeout=5)
    assert killed
    assert found == here(source)
    assert said_as_expected(notes)
    asked = sum(each.stat().st_size for each in marks.iterdir())
    assert asked > len(found)  # what the lost worker had begun was asked again
