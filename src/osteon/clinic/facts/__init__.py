"""What was asked, measured or found: entered by hand, into the chart."""
