"""Calculators and scores: each answers one question with a number, its band, and what it must not be used for."""
