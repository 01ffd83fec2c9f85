"""The same questions put to a whole population."""
