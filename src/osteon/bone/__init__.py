"""What bone does: the regimen of drugs in time, and the seam for the forecast."""
