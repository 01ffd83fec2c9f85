"""What is to be done, by whom, until when; and what was noted."""
