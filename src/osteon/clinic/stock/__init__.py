"""What is in the cupboard and the refrigerator, for whom, until when, and who got it."""
