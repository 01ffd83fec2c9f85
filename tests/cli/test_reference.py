"""The reference of the command line holds every command and option, as they are."""

import runpy

from tests.examples import ROOT


def test_the_page_is_what_the_commands_say() -> None:
    written = (ROOT / "docs/reference/command-line.md").read_text("utf-8")
    reference = runpy.run_path(str(ROOT / "tools/reference.py"))["reference"]
    assert reference() == written, "run: python tools/reference.py > docs/reference/command-line.md"
