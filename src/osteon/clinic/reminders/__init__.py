"""Remind patients of a visit, by a channel that the clinic has switched on, and by none otherwise."""
