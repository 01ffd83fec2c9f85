"""FHIR R4: what other systems send, and what is sent to them."""
