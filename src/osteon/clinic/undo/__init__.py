"""Take an act back within half a minute."""
