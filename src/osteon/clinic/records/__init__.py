"""Patients, what is known of them, and what follows from it."""
