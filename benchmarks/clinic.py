"""How fast is the clinic with 5,000 patients, 200,000 past events and 100 people clicking?

    python -m benchmarks.clinic [--people 100] [--seconds 120] [--patients 5000] [--events 200000]
    .ci/on-postgresql python -m benchmarks.clinic

Runs the real server on a database of its own, and the people on the same two cores (their share is printed). Each looks
at a page, thinks for about five seconds, and clicks on; whoever has Today open polls it every ten seconds. Prints
one row a page: server time from the program's own figures, and what the people waited.
"""

from __future__ import annotations

import argparse
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter, defaultdict
from pathlib import Path
from random import Random

import requests

PORT = 8767
ADDRESS = f"http://127.0.0.1:{PORT}"
TOKEN = "benchmark"  # noqa: S105 - of a server that lives for two minutes
THINKS_S = 5.0
POLLS_S = 10.0


def main() -> None:
    """Fill, serve, click, report."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--people", type=int, default=100)
    parser.add_argument("--seconds", type=float, default=120)
    parser.add_argument("--patients", type=int, default=5_000)
    parser.add_argument("--events", type=int, default=200_000)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as data:
        os.environ.update(OSTEON_DATA=data, OSTEON_DEMO="1", OSTEON_METRICS_TOKEN=TOKEN)
        os.environ["DJANGO_SETTINGS_MODULE"] = "osteon.clinic.settings"
        _fill(asked.patients, asked.events)
        cookies, pages = _sign_in(asked.people)
        server = _serve()
        try:
            _click(cookies, pages, asked.seconds)
        finally:
            server.terminate()
            server.wait(30)


def _fill(patients: int, events: int) -> None:
    import django

    django.setup()
    from django.db import connection

    from benchmarks.clinic_data import fill
    from osteon.clinic.ops.serve import prepare

    began = time.perf_counter()
    prepare()
    fill(patients=patients, events=events)
    took = time.perf_counter() - began
    print(f"{connection.vendor}: {patients} patients, {events} past events, filled in {took:.0f} s", file=sys.stderr)


def _sign_in(people: int) -> tuple[list[tuple[str, str]], dict[str, list[str]]]:
    """A session for each of the people (cookie, role), and the addresses that each role goes round."""
    from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
    from django.contrib.sessions.backends.db import SessionStore
    from django.urls import reverse

    from osteon.clinic.people.models import User
    from osteon.clinic.people.roles import CARE, Role
    from osteon.clinic.records.models import Patient

    roles = [Role.NURSE, Role.COORDINATOR, Role.PRESCRIBER, Role.NURSE]
    cookies = []
    for number in range(people):
        role = roles[number % len(roles)]
        user = User.objects.create_user(f"person-{number}", role=role)
        session = SessionStore()
        session[SESSION_KEY] = str(user.pk)
        session[BACKEND_SESSION_KEY] = "allauth.account.auth_backends.AuthenticationBackend"
        session[HASH_SESSION_KEY] = user.get_session_auth_hash()
        session.save()
        cookies.append((session.session_key or "", role.value))
    some = [str(each) for each in Patient.objects.order_by("record_number").values_list("pk", flat=True)[:2000:20]]
    lists = [reverse(name) for name in ("today", "due", "patients", "tasks")]
    about = [reverse("patient", args=[each]) for each in some]
    return cookies, {role.value: [*lists * 20, *about] for role in CARE}


def _serve() -> subprocess.Popen[bytes]:
    command = [str(Path(sys.executable).with_name("osteon")), "serve", "--port", str(PORT), "--workers", "2"]
    server = subprocess.Popen(command, stderr=subprocess.DEVNULL)
    for _ in range(200):
        try:
            if requests.get(f"{ADDRESS}/health/ready", timeout=2).ok:
                return server
        except requests.ConnectionError:
            time.sleep(0.3)
    sys.exit("the server did not start")


class Person(threading.Thread):
    """Somebody who clicks."""

    def __init__(self, cookie: str, pages: list[str], seed: int, until: float) -> None:
        super().__init__(daemon=True)
        self.seen: list[tuple[str, int, float]] = []
        self._draw = Random(seed)
        self._pages = pages
        self._until = until
        self._session = requests.Session()
        self._session.cookies.set("sessionid", cookie)

    def run(self) -> None:
        """Click until the time is over."""
        time.sleep(self._draw.uniform(0, THINKS_S))
        while time.perf_counter() < self._until:
            page = self._draw.choice(self._pages)
            answer = self._get(page)
            rest = time.perf_counter() + self._draw.expovariate(1 / THINKS_S)
            if page.endswith("/today/"):
                self._poll(answer, rest + POLLS_S)
            time.sleep(max(0.0, min(rest, self._until) - time.perf_counter()))

    def _poll(self, answer: requests.Response, until: float) -> None:
        tag = answer.headers.get("ETag", "")
        while time.perf_counter() + POLLS_S < min(until, self._until):
            time.sleep(POLLS_S)
            tag = self._get("/today/", {"HX-Request": "true", "If-None-Match": tag}).headers.get("ETag", tag)

    def _get(self, path: str, headers: dict[str, str] | None = None) -> requests.Response:
        began = time.perf_counter()
        answer = self._session.get(ADDRESS + path, headers=headers, timeout=30, allow_redirects=False)
        self.seen.append((_kind(path), answer.status_code, time.perf_counter() - began))
        return answer


def _kind(path: str) -> str:
    return "/patients/…/" if path.count("/") > 2 else path


def _click(cookies: list[tuple[str, str]], pages: dict[str, list[str]], seconds: float) -> None:
    before = resource.getrusage(resource.RUSAGE_SELF)
    began = time.perf_counter()
    people = [Person(cookie, pages[role], seed, began + seconds) for seed, (cookie, role) in enumerate(cookies)]
    for person in people:
        person.start()
    for person in people:
        person.join()
    after = resource.getrusage(resource.RUSAGE_SELF)
    own = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    took = time.perf_counter() - began
    seen = [each for person in people for each in person.seen]
    _report(seen, took, own)


def _report(seen: list[tuple[str, int, float]], took: float, own: float) -> None:
    waits: defaultdict[str, list[float]] = defaultdict(list)
    codes: defaultdict[str, Counter[int]] = defaultdict(Counter)
    for kind, status, wait in seen:
        waits[kind].append(wait * 1000)
        codes[kind][status] += 1
    server = _server_times()
    print(f"{len(seen)} requests in {took:.0f} s ({len(seen) / took:.0f} a second); the people used {own:.0f} s of CPU")
    print(f"{'page':<16}{'requests':>9}{'server mean ms':>16}{'median ms':>11}{'p99 ms':>9}  answers")
    for kind, each in sorted(waits.items()):
        ordered = sorted(each)
        p99 = ordered[min(len(ordered) - 1, int(len(ordered) * 0.99))]
        mean = server.get(kind.strip("/").replace("patients/…", "patient"))
        words = f"{mean:.1f}" if mean is not None else "-"
        print(
            f"{kind:<16}{len(each):>9}{words:>16}{statistics.median(each):>11.1f}{p99:>9.1f}  "
            + ", ".join(f"{count} x {code}" for code, count in sorted(codes[kind].items()))
        )
    errors = sum(count for counted in codes.values() for code, count in counted.items() if code >= 400)
    print(f"errors: {errors}")


def _server_times() -> dict[str, float]:
    """Mean server time by page, in ms, from the program's own figures."""
    text = requests.get(f"{ADDRESS}/metrics", headers={"Authorization": f"Bearer {TOKEN}"}, timeout=10).text
    sums: dict[str, dict[str, float]] = defaultdict(dict)
    for line in text.splitlines():
        for what in ("sum", "count"):
            if line.startswith(f"osteon_request_seconds_{what}") and 'method="GET"' in line:
                sums[line.split('page="')[1].split('"')[0]][what] = float(line.rsplit(" ", 1)[1])
    return {page: 1000 * each["sum"] / each["count"] for page, each in sums.items() if each.get("count")}


if __name__ == "__main__":
    main()
