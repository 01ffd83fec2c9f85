"""Tags for sessions."""
