"""Chairs, nurses, opening hours and visits."""
