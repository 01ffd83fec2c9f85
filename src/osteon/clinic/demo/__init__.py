"""An invented clinic to try everything on. Nobody in it is real."""
