"""What every command waits for before it begins: nothing that few commands need is imported at the start."""

from __future__ import annotations

import subprocess
import sys

SELDOM = {
    *("pandas", "pyarrow", "sklearn", "scipy.optimize", "lightgbm"),
    *("torch", "transformers", "onnx", "ray", "pymilvus"),
}


def test_a_command_imports_nothing_that_few_commands_need() -> None:
    told = "import sys, matcher.cli.commands; print(*sys.modules, sep='\\n')"
    ran = subprocess.run([sys.executable, "-c", told], capture_output=True, text=True, check=True)
    assert not SELDOM & {*ran.stdout.splitlines()}
