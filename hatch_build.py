"""Compile the knowledge before the package is built, so that an installed Osteon needs no YAML to start."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class CompileKnowledge(BuildHookInterface):
    """Turns src/osteon/knowledge/data into src/osteon/knowledge/compiled.json."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:  # noqa: ARG002 - hatchling's signature
        """Run by hatchling before it collects the files of a wheel or an editable install."""
        source = str(Path(self.root) / "src")
        sys.path.insert(0, source)
        try:
            from osteon.knowledge.compile import compile_folder, write

            write(compile_folder())
        finally:
            sys.path.remove(source)
