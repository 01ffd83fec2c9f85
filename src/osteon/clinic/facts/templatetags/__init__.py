"""Tags for facts."""
