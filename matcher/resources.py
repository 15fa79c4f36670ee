"""The read-only tables that travel with the product, in a checkout or an installed wheel; each is read once."""

from __future__ import annotations

import csv
from functools import cache
from pathlib import Path

from matcher.domain.places import Gazetteer, Landmark, Region
from matcher.domain.taxonomy import CLC, Node, Taxonomy
from matcher.text.words import WordCutter

PACKAGED = Path(__file__).parent / "_data"
CHECKOUT = Path(__file__).parent.parent / "data"


def data_folder(name: str) -> Path:
    """The folder `data/<name>`: inside the wheel when installed, beside the packages in a checkout."""
    packaged = PACKAGED / name
    return packaged if packaged.is_dir() else CHECKOUT / name


@cache
def load_gazetteer() -> Gazetteer:
    """The administrative tree of `data/taxonomy/regions.csv`, and the landmarks that texts name instead."""
    regions = _rows("regions.csv")
    return Gazetteer(
        (
            Region(row["code"], row["name"], row["parent"], _names(row["aliases"]), _names(row["unclear"]))
            for row in regions
        ),
        (Landmark(row["name"], _names(row["regions"])) for row in _rows("landmarks.csv")),
        lambda text: load_word_cutter().pieces(text),
    )


@cache
def load_industries() -> Taxonomy:
    """Our industries over the official ones of GB/T 4754; a class that `gbt` links to an industry is below it too."""
    ours, official = _rows("industries.csv"), _rows("gbt4754.csv")
    above = {row["code"]: [own["code"] for own in ours if row["code"] in _names(own["gbt"])] for row in official}
    return Taxonomy([*map(_node, ours), *(_node(row, (*above[row["code"]],), (row["code"],)) for row in official)])


@cache
def load_fields() -> Taxonomy:
    """Academic and technical fields below our industries; their notation is that of the library classification."""
    fields = (_node(row, _names(row["industries"]), _names(row["clc"])) for row in _rows("fields.csv"))
    return Taxonomy([*map(_node, _rows("industries.csv")), *fields], CLC)


@cache
def load_word_cutter() -> WordCutter:
    """The word cutter with the domain's own terms, which a general dictionary splits, stop words, and common ones."""
    return WordCutter(_lines("terms.txt"), _lines("stopwords.txt"), _lines("common.txt"))


def _node(row: dict[str, str], also_below: tuple[str, ...] = (), notations: tuple[str, ...] = ()) -> Node:
    parents = (*_names(row["parent"]), *also_below)
    return Node(row["code"], row["name"], row["name_en"], parents, _names(row["aliases"]), notations)


def _lines(name: str) -> list[str]:
    return (data_folder("taxonomy") / name).read_text(encoding="utf-8").split()


def _rows(name: str) -> list[dict[str, str]]:
    with (data_folder("taxonomy") / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _names(cell: str) -> tuple[str, ...]:
    return tuple(name for name in cell.split(";") if name)
