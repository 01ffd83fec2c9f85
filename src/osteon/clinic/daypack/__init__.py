"""The day on paper, for when the server is not there, and back from the paper into the record."""
