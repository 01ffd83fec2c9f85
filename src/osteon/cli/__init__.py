"""The same answers, typed: the command line."""
