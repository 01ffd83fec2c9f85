"""Who is here today, and what needs a hand next."""
