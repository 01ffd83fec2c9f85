"""Every proof that the security page names is there."""

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs/reference/asvs.md").read_text("utf-8")
NAMED = sorted(set(re.findall(r"`(tests/[\w/]+\.py)(?:::(\w+))?`", PAGE)))


def test_every_test_that_the_page_names_exists():
    assert len(NAMED) > 40
    lacking = [
        (path, name)
        for path, name in NAMED
        if not (ROOT / path).exists() or (name and f"def {name}(" not in (ROOT / path).read_text("utf-8"))
    ]
    assert lacking == []


def test_every_line_has_one_of_the_states():
    rows = [row.split("|") for row in PAGE.splitlines() if re.match(r"\| \d", row)]
    assert len(rows) > 80
    states = {"holds", "by design", "house", "open", "not applicable"}
    assert [row[1] for row in rows if row[3].strip() not in states] == []
    assert [row[1] for row in rows if row[3].strip() == "holds" and "`" not in row[4]] == []
