"""Invented people with the bones, fractures, drugs and laboratory values of a population, as a bulk export."""
