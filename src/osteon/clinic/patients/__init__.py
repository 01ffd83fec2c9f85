"""One patient: found, looked at, taken in from elsewhere, told apart from others."""
