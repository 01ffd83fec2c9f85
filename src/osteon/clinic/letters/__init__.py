"""What goes out on paper: letters to the family doctor and the dentist, and the plan."""
