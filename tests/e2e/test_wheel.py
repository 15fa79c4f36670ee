"""The product as it is shipped: the wheel holds what it needs and runs far from the checkout, without a network."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import sysconfig
import zipfile
from pathlib import Path

import pytest

from matcher import __version__

ROOT = Path(__file__).parent.parent.parent
OFFLINE = dict.fromkeys(("http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY"), "http://127.0.0.1:9") | {
    "PIP_NO_INDEX": "1",
    "HF_HUB_OFFLINE": "1",
}

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel of this checkout."""
    folder = tmp_path_factory.mktemp("dist")
    done(sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", folder, ROOT)
    [built] = folder.glob("*.whl")
    return built


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder into which the wheel alone is installed."""
    folder = tmp_path_factory.mktemp("site")
    done(sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--target", folder, wheel)
    return folder


def done(*words: object, cwd: Path | None = None, **environment: str) -> str:
    """Run a program to its successful end, without a network, and return what it printed."""
    clean = {name: value for name, value in os.environ.items() if not name.startswith(("MATCHER_", "PYTHON"))}
    process = subprocess.run(
        [*map(str, words)],
        cwd=cwd,
        env=clean | OFFLINE | environment,
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
    )
    assert process.returncode == 0, process.stdout + process.stderr
    return process.stdout


def files(folder: Path) -> set[str]:
    """The files below a folder that belong to the product."""
    found = (path.relative_to(folder) for path in folder.rglob("*") if path.is_file())
    return {path.as_posix() for path in found if "__pycache__" not in path.parts}


def test_the_wheel_holds_the_packages_and_their_data_and_nothing_else(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        names = set(archive.namelist())
    expected = {f"{package}/{name}" for package in ("matcher", "api") for name in files(ROOT / package)}
    expected |= {
        f"matcher/_data/{part}/{name}"
        for part in ("policy", "sample", "taxonomy")
        for name in files(ROOT / "data" / part)
    }
    assert {name for name in names if ".dist-info/" not in name} == expected
    assert any(name.startswith("matcher/store/migrations/versions/") for name in names)
    assert wheel.name.startswith(f"techtransfer_matcher-{__version__}-")


def test_the_wheel_passes_its_inspection(wheel: Path) -> None:
    done(Path(sys.executable).with_name("check-wheel-contents"), "--config", ROOT / "pyproject.toml", wheel)


def test_the_installed_product_works_in_a_folder_of_hostile_names(installed: Path, tmp_path: Path) -> None:
    for name in ("api", "matcher", "data"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "__init__.py").write_text("raise SystemExit('the wrong one')\n", encoding="utf-8")

    def matcher(*words: object) -> str:
        # The interpreter below the virtual environment does not know the editable installation of the checkout.
        return done(
            Path(sys.base_prefix) / "bin" / f"python{sys.version_info.major}.{sys.version_info.minor}",
            installed / "bin" / "matcher",
            *words,
            cwd=tmp_path,
            PYTHONPATH=os.pathsep.join([str(installed), sysconfig.get_path("purelib")]),
            MATCHER_HOME=str(tmp_path / "home"),
            MATCHER_ENCODER="hashing",
        )

    taken = json.loads(matcher("import", installed / "matcher" / "_data" / "sample", "--json"))
    assert taken["tables"]["outcomes"]["new"] == 339
    found = json.loads(matcher("match", "ex-a003", "--today", "2026-10-31", "--json"))
    assert found[0]["id"].startswith("ex-i")
    assert json.loads(matcher("index", "--json"))["texts_encoded"] == 0
    matcher("policy", "report", "--period", "2026Q3", "--as-of", "2026-10-31", "--out", tmp_path / "report.html")
    assert "2026Q3" in (tmp_path / "report.html").read_text(encoding="utf-8")
