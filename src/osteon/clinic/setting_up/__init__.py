"""Set the clinic up: hours, chairs, who works when, and when it is closed."""
