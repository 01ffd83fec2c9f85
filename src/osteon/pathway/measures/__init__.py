"""How does a service do? Quality measures as pure functions: resources, a period and value sets in, populations out.

`catalogue.MEASURES` names them. Each has a module of its own; what they share stands beside them.
"""
