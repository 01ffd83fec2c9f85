"""Which conditions and procedures do the words of an entry name, where its code is not known?"""

from __future__ import annotations

import re

from osteon.chart.codes import Topic
from osteon.chart.fhir.context import NONE, Context, is_public
from osteon.chart.fhir.elements import Concept
from osteon.chart.fhir.fracture import FRACTURE

_NOT_THE_CASE = re.compile(
    r"screen|rule[ds]? out|\br/o\b|\brisk\b|suspect|possib|query|\?|famil|prevent|prophyla|vaccin|encounter for|fear of"
    r"|evaluation|monitoring|education|counsel",
    re.IGNORECASE,
)
_BROKEN = re.compile(r"fractur|\bbroke|\bbreak", re.IGNORECASE)


def states_by_words(code: Concept, at: Context) -> frozenset[str]:
    """The value sets that the words name.

    Words beside a public code that no value set holds must name the thing exactly: "osteoarthritis of hip" is no hip.
    Other words may name it anywhere, unless they speak of screening, risk or suspicion. Only what says that something
    broke names a fracture.
    """
    said = [text for text in (code.text, *(coding.display for coding in code.coding)) if text.strip()]
    if is_public(code):
        named = at.called(code, Topic.STATE)
    else:
        sure = [text for text in said if not _NOT_THE_CASE.search(text)]
        named = NONE.union(*(at.codes.named(text, Topic.STATE) for text in sure))
    if any(_BROKEN.search(text) for text in said):
        return named
    return frozenset(each for each in named if not each.startswith(FRACTURE))
