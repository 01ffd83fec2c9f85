"""The command line as a person calls it, within this process."""

from __future__ import annotations

import io
import json
import sys
from typing import Any, NamedTuple, Protocol

import pytest

from osteon.cli import main


class Ended(NamedTuple):
    """What came out, what was said, and the exit code."""

    out: str
    err: str
    code: int

    @property
    def data(self) -> Any:
        return json.loads(self.out)


class Osteon(Protocol):
    def __call__(self, *args: str, stdin: str = "") -> Ended: ...


@pytest.fixture
def osteon(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Osteon:
    def call(*args: str, stdin: str = "") -> Ended:
        monkeypatch.setattr(sys, "argv", ["osteon", *args])
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(stdin.encode()), "utf-8"))
        capsys.readouterr()
        with pytest.raises(SystemExit) as ended:
            main()
        out, err = capsys.readouterr()
        return Ended(out, err, int(ended.value.code or 0))

    return call
