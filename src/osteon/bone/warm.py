"""Is the model compiled for this machine?

    python -m osteon.bone.warm

compiles it once (about ten seconds) and keeps the machine code in a file; later processes load that in milliseconds.
The file's name holds a hash of what went into it: the processor, the compiler's version and the sources. A changed
equation is never answered by old machine code. Where neither the package's folder nor the user's cache folder can be
written to, each process compiles anew.
"""

import hashlib
import os
import sys
import tempfile
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import llvmlite
import llvmlite.binding as llvm

_HERE = Path(__file__).parent
_SOURCES = ("parameters", "schedule", "lanes", "equations", "stepping", "kernel", "loop", "warm")
"""Every module of ours that `loop` imports or that decides what is compiled; a test holds the list to that."""

_SYMBOL = "osteon_bone_follow"
_engines: list[llvm.ExecutionEngine] = []
"""Machine code lives as long as the engine that loaded it."""


def loaded() -> int:
    """At which address is the compiled `loop.follow`? Compiles it first where no earlier process did."""
    begin, name = _names()
    code = _kept(name)
    if code is None:
        code = _compiled()
        if _names() == (begin, name):  # else a source changed meanwhile, and nobody knows what was compiled
            _keep(begin, name, code)
    engine = llvm.create_mcjit_compiler(llvm.parse_assembly(""), _machine())
    engine.add_object_file(llvm.ObjectFileRef.from_data(code))
    engine.finalize_object()
    _engines.append(engine)
    return int(engine.get_function_address(_SYMBOL))


def _compiled() -> bytes:
    """What is the machine code of `loop.follow` for this processor?"""
    from numba import cfunc

    from osteon.bone.lanes import OPTIONS
    from osteon.bone.loop import KIND, follow

    wrapped = cfunc(KIND, **OPTIONS)(follow.py_func)
    module = llvm.parse_assembly(wrapped.inspect_llvm())
    # The wrapper would call Python should the function fail, which it cannot; without it nothing outside is needed.
    module.get_function(wrapped.native_name).linkage = "internal"
    module.get_function(wrapped.native_name.removeprefix("cfunc.")).name = _SYMBOL
    machine = _machine()
    passes = llvm.create_new_module_pass_manager()
    passes.add_global_dead_code_eliminate_pass()
    passes.run(module, llvm.create_pass_builder(machine, llvm.create_pipeline_tuning_options()))
    return bytes(machine.emit_object(module))


def _machine() -> llvm.TargetMachine:
    llvm.initialize_native_target()
    llvm.initialize_native_asmprinter()
    return llvm.Target.from_default_triple().create_target_machine(
        cpu=llvm.get_host_cpu_name(),
        features=llvm.get_host_cpu_features().flatten(),
        opt=3,
        codemodel="jitdefault",
        jit=True,
    )


def _names() -> tuple[str, str]:
    """What do the files for this processor begin with, and what is this one called?"""
    machine = f"{llvm.get_process_triple()} {llvm.get_host_cpu_name()} {llvm.get_host_cpu_features().flatten()}"
    begin = f"bone-{hashlib.sha256(machine.encode()).hexdigest()[:12]}-"
    made_from = hashlib.sha256(llvmlite.__version__.encode())
    for source in _SOURCES:
        made_from.update((_HERE / f"{source}.py").read_bytes())
    return begin, f"{begin}{made_from.hexdigest()[:16]}.o"


def _folders() -> Iterator[Path]:
    yield _HERE / "__pycache__"
    with suppress(RuntimeError):  # no home
        if sys.platform == "win32":
            yield Path(os.environ.get("LOCALAPPDATA") or Path.home()) / "osteon"
        else:
            yield Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "osteon"


def _kept(name: str) -> bytes | None:
    for folder in _folders():
        with suppress(OSError):
            return (folder / name).read_bytes()
    return None


def _keep(begin: str, name: str, code: bytes) -> None:
    for folder in _folders():
        with suppress(OSError):
            folder.mkdir(parents=True, exist_ok=True)
            # Written aside and then renamed: another process sees the whole file or none.
            with tempfile.NamedTemporaryFile(dir=folder, suffix=".part", delete=False) as file:
                file.write(code)
            Path(file.name).chmod(0o644)
            Path(file.name).replace(folder / name)
            for old in folder.glob(f"{begin}*.o"):
                if old.name != name:
                    old.unlink(missing_ok=True)
            return


if __name__ == "__main__":
    loaded()
