"""What it costs: commands that print tables, never timed tests."""
