"""Visits in a calendar of one's own: days and times, no name and no clinical word."""
