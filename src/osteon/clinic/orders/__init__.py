"""A dose is given on a prescriber's signature: orders, made from the plan."""
