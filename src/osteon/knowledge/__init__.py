"""What medicine says: dated, cited data, and its loader. Imports nothing else of Osteon."""

from osteon.knowledge.in_force import Knowledge, load

__all__ = ["Knowledge", "load"]
