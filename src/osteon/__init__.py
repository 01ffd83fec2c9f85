"""Osteon plans, runs and follows infusion therapy for osteoporosis."""

__version__ = "0.1.0.dev0"
