"""Tags for what can be taken back."""
