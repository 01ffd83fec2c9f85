"""The named facts: plain functions of an occasion, one idea each. Importing this package registers them all."""
