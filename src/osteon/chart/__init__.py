"""What is known of one patient: typed, dated facts; FHIR R4 in and out."""

from osteon.chart.types import Chart

__all__ = ["Chart"]
