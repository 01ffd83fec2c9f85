"""Who is due, who is late, who is in danger."""
