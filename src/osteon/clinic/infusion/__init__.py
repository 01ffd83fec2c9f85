"""The hour in the chair: a stream of events for each visit, and the pages that lead through it."""
