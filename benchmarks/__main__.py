"""Run every benchmark, one after the other.

python -m benchmarks
"""

import runpy

for name in ("reading", "planning", "bone", "schedule", "clinic", "panel"):
    runpy.run_module(f"benchmarks.{name}", run_name="__main__")
