"""What several worker processes share before any of them starts. It must not import the metrics library."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

FOLDER_VARIABLE = "PROMETHEUS_MULTIPROC_DIR"


def prepare_metrics(home: Path, workers: int) -> None:
    """Give several workers an empty folder for their figures; a single one keeps them in memory.

    Call it in the process that starts the workers, which inherit the variable.
    """
    folder = home / "run" / "metrics"
    shutil.rmtree(folder, ignore_errors=True)
    os.environ.pop(FOLDER_VARIABLE, None)
    if workers > 1:
        folder.mkdir(parents=True)
        os.environ[FOLDER_VARIABLE] = str(folder)
