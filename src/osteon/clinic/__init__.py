"""The same pathway lived by people: the one Django project."""
