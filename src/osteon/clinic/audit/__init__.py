"""What was seen and done, by whom: a chain that shows tampering."""
