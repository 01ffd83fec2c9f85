"""Who may do what, and see whom."""
