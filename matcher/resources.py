"""Where the read-only tables that travel with the product lie, in a checkout and in an installed wheel."""

from __future__ import annotations

import csv
from pathlib import Path

from matcher.domain.industries import Industry, IndustryTree
from matcher.domain.places import Gazetteer, Region
from matcher.text.words import WordCutter

PACKAGED = Path(__file__).parent / "_data"
CHECKOUT = Path(__file__).parent.parent / "data"


def data_folder(name: str) -> Path:
    """The folder `data/<name>`: inside the wheel when installed, beside the packages in a checkout."""
    packaged = PACKAGED / name
    return packaged if packaged.is_dir() else CHECKOUT / name


def load_gazetteer() -> Gazetteer:
    """The administrative tree of `data/taxonomy/regions.csv`."""
    return Gazetteer(
        Region(row["code"], row["name"], row["parent"], _names(row["aliases"])) for row in _rows("regions.csv")
    )


def load_industries() -> IndustryTree:
    """The industries of `data/taxonomy/industries.csv`."""
    return IndustryTree(
        Industry(row["code"], row["name"], row["name_en"], row["parent"], _names(row["aliases"]))
        for row in _rows("industries.csv")
    )


def load_word_cutter() -> WordCutter:
    """The word cutter with the domain's own terms, which a general dictionary splits, and the stop words."""
    return WordCutter(_lines("terms.txt"), _lines("stopwords.txt"))


def _lines(name: str) -> list[str]:
    return (data_folder("taxonomy") / name).read_text(encoding="utf-8").split()


def _rows(name: str) -> list[dict[str, str]]:
    with (data_folder("taxonomy") / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _names(cell: str) -> tuple[str, ...]:
    return tuple(name for name in cell.split(";") if name)
