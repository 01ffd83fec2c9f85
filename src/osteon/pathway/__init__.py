"""What should happen to this patient, step by step, with reasons."""
