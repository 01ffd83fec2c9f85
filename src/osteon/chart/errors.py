"""Why can a source not become a chart?"""

from __future__ import annotations


class ChartError(ValueError):
    """A source cannot become the chart of one patient.

    The message says what is wrong, in which source, and how to mend it. Nothing is half-done: there is no chart.
    """


class NotFhirError(ChartError):
    """A document is whole JSON, but no resource of FHIR. Among the files of a folder it is passed over."""
