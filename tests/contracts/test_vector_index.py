"""What every vector index must do, with NumPy's brute force as the oracle."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from matcher.index import coarse, vectors
from matcher.index.vectors import FaissIndex, Hits, VectorIndex, Vectors, read_faiss, write_faiss
from matcher.measure.searching import clustered

DIMENSION = 8
Model = dict[str, Vectors]


def unit_vectors(count: int, seed: int = 0) -> Vectors:
    rows = np.random.default_rng(seed).standard_normal((count, DIMENSION))
    return np.asarray(rows / np.linalg.norm(rows, axis=1, keepdims=True), np.float32)


def names(count: int) -> list[str]:
    """Ids whose order is not the order they are added in."""
    return [f"记录-{(number * 7) % count:03d}" for number in range(count)]


def nearest(model: Model, query: Vectors, k: int, allowed: Collection[str] | None = None) -> list[str]:
    kept = [name for name in model if allowed is None or name in allowed]
    return sorted(kept, key=lambda name: (-float(model[name] @ query), name))[:k]


def agree(found: Hits, model: Model, query: Vectors, k: int, allowed: Collection[str] | None = None) -> None:
    """The ids are the oracle's, and the scores are the inner products of those ids."""
    assert list(found.ids) == nearest(model, query, k, allowed)
    assert found.scores == pytest.approx([float(model[name] @ query) for name in found.ids], abs=1e-5)


class VectorIndexContract:
    """Held by every implementation; a subclass says how to make an empty one and how to bring it back from disk."""

    def empty(self) -> VectorIndex:
        raise NotImplementedError

    def reopened(self, index: VectorIndex, folder: Path) -> VectorIndex:
        raise NotImplementedError

    def filled(self, count: int) -> tuple[VectorIndex, Model]:
        index, rows = self.empty(), unit_vectors(count)
        index.upsert(names(count), rows)
        return index, dict(zip(names(count), rows, strict=True))

    def test_results_equal_brute_force(self) -> None:
        index, model = self.filled(200)

        for query, found in zip(queries := unit_vectors(30, seed=1), index.search(queries, 10), strict=True):
            agree(found, model, query, 10)

    @pytest.mark.parametrize("share", [0.01, 0.1, 0.3, 0.9, 1.0])
    def test_a_filter_narrow_or_wide_gives_the_nearest_of_what_it_allows(self, share: float) -> None:
        index, model = self.filled(200)
        allowed = names(200)[: int(200 * share)]

        for query, found in zip(queries := unit_vectors(5, seed=2), index.search(queries, 10, allowed), strict=True):
            agree(found, model, query, 10, allowed)

    def test_a_checkerboard_filter_never_lets_the_other_colour_through(self) -> None:
        index, model = self.filled(64)
        white = {name for name in model if int(name[-3:]) % 2}

        (found,) = index.search(unit_vectors(1, seed=3), 64, white)

        assert set(found.ids) == white

    @pytest.mark.parametrize("allowed", [[], ["nobody"]])
    def test_a_filter_that_allows_nothing_known_gives_nothing(self, allowed: list[str]) -> None:
        index, _ = self.filled(20)

        assert index.search(unit_vectors(2), 5, allowed) == [Hits((), ()), Hits((), ())]

    @pytest.mark.parametrize("wide", [False, True])
    def test_unknown_ids_in_a_filter_are_passed_over(self, wide: bool) -> None:
        index, model = self.filled(20)
        allowed = [*names(20)[: 15 if wide else 2], "nobody", "nothing"]

        (found,) = index.search(query := unit_vectors(1, seed=4), 20, allowed)

        agree(found, model, query[0], 20, allowed)

    @pytest.mark.parametrize("allowed", [None, names(12)[:2], names(12)[:9]])
    def test_k_above_the_number_of_rows_gives_them_all_once(self, allowed: list[str] | None) -> None:
        index, model = self.filled(12)

        (found,) = index.search(query := unit_vectors(1, seed=5), 1000, allowed)

        agree(found, model, query[0], 1000, allowed)

    @pytest.mark.parametrize("allowed", [None, ["a"]])
    def test_an_empty_index_and_a_k_of_zero_give_nothing(self, allowed: list[str] | None) -> None:
        index, nothing = self.empty(), [Hits((), ()), Hits((), ())]

        assert index.search(unit_vectors(2), 5, allowed) == nothing
        index.upsert(["a"], unit_vectors(1))
        assert index.search(unit_vectors(2), 0, allowed) == nothing

    def test_no_queries_give_no_answers(self) -> None:
        index, _ = self.filled(3)

        assert index.search(unit_vectors(0), 5) == []
        assert index.search(unit_vectors(0), 5, names(3)) == []

    def test_a_row_of_zeros_scores_zero_with_everybody(self) -> None:
        index = self.empty()
        index.upsert(["blank", "same", "opposite"], np.array([[0.0], [1.0], [-1.0]], np.float32) * unit_vectors(1))

        (found,) = index.search(unit_vectors(1), 3)

        assert found.ids == ("same", "blank", "opposite")
        assert found.scores == pytest.approx([1, 0, -1], abs=1e-6)

    def test_a_query_of_zeros_puts_everybody_in_the_order_of_ids(self) -> None:
        index, model = self.filled(10)

        (found,) = index.search(np.zeros((1, DIMENSION), np.float32), 10)

        assert list(found.ids) == sorted(model)

    @pytest.mark.parametrize("allowed", [None, ["c", "a", "b"]])
    def test_equal_vectors_are_told_apart_by_id(self, allowed: list[str] | None) -> None:
        index = self.empty()
        index.upsert(["c", "a", "b", "other"], np.vstack([*[unit_vectors(1)] * 3, -unit_vectors(1)]))

        (found,) = index.search(unit_vectors(1), 3, allowed)

        assert found.ids == ("a", "b", "c")

    def test_upsert_replaces_what_is_known(self) -> None:
        index, model = self.filled(20)
        fresh = unit_vectors(2, seed=6)

        index.upsert([names(20)[3], "new"], fresh)
        model |= {names(20)[3]: fresh[0], "new": fresh[1]}

        assert len(index) == 21
        (found,) = index.search(fresh[:1], 21)
        agree(found, model, fresh[0], 21)

    def test_of_an_id_given_twice_the_last_vector_stays(self) -> None:
        index, rows = self.empty(), unit_vectors(2)

        index.upsert(["twice", "twice"], rows)

        assert len(index) == 1
        (found,) = index.search(rows[1:], 5)
        agree(found, {"twice": rows[1]}, rows[1], 5)

    def test_what_is_deleted_is_not_found_and_unknown_ids_are_ignored(self) -> None:
        index, model = self.filled(20)

        index.delete([names(20)[0], names(20)[0], "nobody"])
        del model[names(20)[0]]

        assert len(index) == 19
        (found,) = index.search(query := unit_vectors(1), 20)
        agree(found, model, query[0], 20)

    def test_ids_stay_with_their_vectors_through_delete_save_load_and_add(self, tmp_path: Path) -> None:
        index, model = self.filled(20)
        gone, fresh = names(20)[::3], unit_vectors(4, seed=7)

        index.delete(gone)
        index = self.reopened(index, tmp_path)
        index.upsert(["n1", "n2", gone[0], names(20)[1]], fresh)
        for name in gone:
            del model[name]
        model |= dict(zip(["n1", "n2", gone[0], names(20)[1]], fresh, strict=True))

        for one in (index, self.reopened(index, tmp_path)):
            assert len(one) == len(model)
            for name, row in model.items():
                (found,) = one.search(row[None], 1)
                agree(found, model, row, 1)
                assert found.ids == (name,)

    def test_an_empty_index_survives_the_disk(self, tmp_path: Path) -> None:
        index = self.reopened(self.empty(), tmp_path)
        index.upsert(["a"], unit_vectors(1))

        assert index.search(unit_vectors(1), 5)[0].ids == ("a",)

    @settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.differing_executors])
    @given(
        st.lists(
            st.tuples(
                st.sampled_from(["upsert", "delete", "search", "filtered"]),
                st.lists(st.sampled_from("abcdefgh"), max_size=5),
            ),
            max_size=12,
        )
    )
    def test_any_sequence_of_operations_leaves_what_a_dict_would_hold(
        self, operations: list[tuple[str, list[str]]]
    ) -> None:
        index, model = self.empty(), Model()
        for step, (operation, ids) in enumerate(operations):
            rows = unit_vectors(max(len(ids), 1), seed=step)
            if operation == "upsert":
                index.upsert(ids, rows[: len(ids)])
                model |= dict(zip(ids, rows, strict=False))
            elif operation == "delete":
                index.delete(ids)
                model = {name: row for name, row in model.items() if name not in ids}
            else:
                allowed = ids if operation == "filtered" else None
                (found,) = index.search(rows[:1], 3, allowed)
                agree(found, model, rows[0], 3, allowed)
            assert len(index) == len(model)


class TestFaissIndex(VectorIndexContract):
    """FAISS in memory."""

    def empty(self) -> FaissIndex:
        return FaissIndex(DIMENSION)

    def reopened(self, index: VectorIndex, folder: Path) -> FaissIndex:
        assert isinstance(index, FaissIndex)
        write_faiss(index, folder / "vectors.faiss", folder / "ids.json")
        return read_faiss(folder / "vectors.faiss", folder / "ids.json")

    def test_rows_of_a_file_are_lent_and_stay_while_somebody_reads_them(self, tmp_path: Path) -> None:
        index, model = self.filled(30)
        index = self.reopened(index, tmp_path)
        lent, before = index.matrix, list(index.ids)

        index.delete(before[:10])
        index.upsert([before[12], "new"], unit_vectors(2, seed=9))
        for path in tmp_path.iterdir():
            path.unlink()  # as a newer snapshot's sweep does
        del index

        np.testing.assert_array_equal(lent, [model[name] for name in before])
        with pytest.raises(ValueError, match="read-only"):
            lent[0] = 0

    def test_the_matrix_is_a_copy_in_the_order_of_the_ids(self) -> None:
        index, model = FaissIndex(DIMENSION), dict(zip(names(6), unit_vectors(6), strict=True))
        index.upsert(list(model), unit_vectors(6))
        index.delete([names(6)[0]])

        matrix = index.matrix

        np.testing.assert_array_equal(matrix, [model[name] for name in index.ids])
        matrix[:] = 0
        np.testing.assert_array_equal(index.matrix, [model[name] for name in index.ids])
        assert FaissIndex(DIMENSION).matrix.shape == (0, DIMENSION)

    def test_a_part_holds_the_known_ids_only_and_leaves_the_whole_alone(self) -> None:
        index, rows = FaissIndex(DIMENSION), unit_vectors(3)
        index.upsert(["a", "b", "c"], rows)

        part = index.subset(["c", "nobody", "a"])
        part.delete(["a"])

        assert part.ids == ("c",)
        np.testing.assert_array_equal(part.matrix, rows[2:])
        assert index.ids == ("a", "b", "c")
        assert len(index.subset([])) == 0

    @pytest.mark.parametrize("labels", [{"a": 0}, {"a": 0, "b": 7}, {"a": 0, "b": 1, "c": 2}])
    def test_an_id_map_of_other_vectors_is_refused(self, labels: dict[str, int]) -> None:
        index = FaissIndex(DIMENSION)
        index.upsert(["a", "b"], unit_vectors(2))

        with pytest.raises(ValueError, match="does not belong"):
            FaissIndex.of(DIMENSION, index.raw, labels)

    def test_vectors_of_another_dimension_are_refused(self) -> None:
        with pytest.raises(ValueError, match="does not belong"):
            FaissIndex.of(DIMENSION + 1, FaissIndex(DIMENSION).raw, {})


class TestPlannedFaissIndex(TestFaissIndex):
    """The same with so few rows compared one and all that every larger search asks the coarse file first.

    Few rows have few lists, and all of them are looked through where the measured recall asks for it.
    """

    @pytest.fixture(autouse=True)
    def _few(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(vectors, "EXACT", 20)
        monkeypatch.setattr(coarse, "RECALL", 1.1)  # no list is left out, so that answers are exact


@pytest.fixture
def large(monkeypatch: pytest.MonkeyPatch) -> tuple[FaissIndex, Vectors, list[str]]:
    """An index beyond the exact size, its rows, and its ids."""
    monkeypatch.setattr(vectors, "EXACT", 1000)
    rows = clustered(4000, 32, np.random.default_rng(1))
    index = FaissIndex(32)
    index.upsert(ids := [f"r{number:05d}" for number in range(len(rows))], rows)
    return index, rows, ids


def recall(index: FaissIndex, rows: Vectors, ids: list[str], allowed: frozenset[str] | None = None) -> float:
    """Share of the ten nearest that is found, asking with other vectors of the same topics."""
    model = dict(zip(ids, rows, strict=True))
    queries = rows[::80] + 0.02 * unit_rows(len(rows[::80]), rows.shape[1])
    found = index.search(queries, 10, allowed)
    shares = [
        len({*hits.ids} & {*nearest(model, query, 10, allowed)}) / 10
        for query, hits in zip(queries, found, strict=True)
    ]
    return float(np.mean(shares))


def unit_rows(count: int, dimension: int) -> Vectors:
    rows = np.random.default_rng(5).standard_normal((count, dimension))
    return np.asarray(rows / np.linalg.norm(rows, axis=1, keepdims=True), np.float32)


@pytest.mark.parametrize("share", [0.04, 0.2, 0.3, 0.6, 1.0])
def test_a_planned_search_finds_what_an_exact_one_finds(
    large: tuple[FaissIndex, Vectors, list[str]], share: float
) -> None:
    index, rows, ids = large
    chosen = np.random.default_rng(2).permutation(len(ids))[: int(share * len(ids))]
    allowed = None if share == 1 else frozenset(ids[row] for row in chosen)

    assert recall(index, rows, ids, allowed) >= 0.99
    assert index.coarse is not None


def test_the_same_rows_give_the_same_answers_and_scores_are_exact(
    large: tuple[FaissIndex, Vectors, list[str]],
) -> None:
    index, rows, ids = large
    other = FaissIndex(32)
    other.upsert(ids, rows)

    answers = index.search(rows[:20], 10)

    assert answers == other.search(rows[:20], 10)
    for query, hits in zip(rows[:20], answers, strict=True):
        assert hits.scores == pytest.approx([float(rows[int(name[1:])] @ query) for name in hits.ids], abs=1e-6)


def test_rows_that_come_and_go_need_no_rebuild_until_half_of_them_changed(
    large: tuple[FaissIndex, Vectors, list[str]],
) -> None:
    index, rows, ids = large
    first = index.coarse
    fresh = clustered(600, 32, np.random.default_rng(8))

    index.delete(ids[::4])
    index.upsert(new := [f"n{number}" for number in range(600)], fresh)

    kept = [row for row in range(len(ids)) if row % 4]
    now, names_now = np.vstack([rows[kept], fresh]), [*(ids[row] for row in kept), *new]
    assert index.coarse is first
    assert recall(index, now, names_now) >= 0.98
    index.delete(ids[1::4])
    kept = [row for row in kept if row % 4 != 1]
    assert (index.stale, index.coarse is first) == (True, True)  # it goes on answering
    index.compact()
    assert (index.stale, index.coarse is first) == (False, False)
    assert recall(index, np.vstack([rows[kept], fresh]), [*(ids[row] for row in kept), *new]) >= 0.99


def test_what_changes_while_the_coarse_file_is_made_anew_is_in_it(
    large: tuple[FaissIndex, Vectors, list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    index, rows, ids = large
    assert index.coarse is not None
    index.delete(ids[::2])
    index.delete(ids[1::8])
    kept = [row for row in range(len(ids)) if row % 2 and row % 8 != 1]
    late, make = clustered(50, 32, np.random.default_rng(9)), coarse.Coarse.of
    names = [f"late{number}" for number in range(50)]

    def meanwhile(labels: NDArray[np.int64], vectors: Vectors) -> coarse.Coarse:
        index.delete([ids[row] for row in kept[:40]])
        index.upsert(names, late)
        return make(labels, vectors)

    monkeypatch.setattr(coarse.Coarse, "of", meanwhile)
    assert index.stale
    index.compact()

    assert index.coarse.index.ntotal == len(index)
    assert recall(index, np.vstack([rows[kept[40:]], late]), [*(ids[row] for row in kept[40:]), *names]) >= 0.99


def test_how_much_changed_is_known_after_a_restart(
    large: tuple[FaissIndex, Vectors, list[str]], tmp_path: Path
) -> None:
    index, _, ids = large
    assert index.coarse is not None
    index.delete(ids[::2])
    index.delete(ids[1::8])
    write_faiss(index, tmp_path / "a.faiss", tmp_path / "a.json")
    again = read_faiss(tmp_path / "a.faiss", tmp_path / "a.json")

    assert again.stale
    again.compact()
    assert not again.stale


def test_an_index_that_shrank_compares_all_again(large: tuple[FaissIndex, Vectors, list[str]]) -> None:
    index, rows, ids = large
    index.delete(ids[500:])

    assert index.coarse is None
    assert recall(index, rows[:500], ids[:500]) == 1


def test_the_coarse_file_of_other_vectors_is_refused(
    large: tuple[FaissIndex, Vectors, list[str]], tmp_path: Path
) -> None:
    index, _, ids = large
    write_faiss(index, tmp_path / "a.faiss", tmp_path / "a.json")
    index.delete(ids[:10])
    write_faiss(index, tmp_path / "b.faiss", tmp_path / "b.json")

    assert read_faiss(tmp_path / "b.faiss", tmp_path / "b.json").search(unit_rows(1, 32), 5) == index.search(
        unit_rows(1, 32), 5
    )
    (tmp_path / "a.coarse.faiss").replace(tmp_path / "b.coarse.faiss")
    with pytest.raises(ValueError, match="does not belong"):
        read_faiss(tmp_path / "b.faiss", tmp_path / "b.json")


def test_a_frozen_filter_is_read_anew_when_rows_come_and_go() -> None:
    index, rows = FaissIndex(DIMENSION), unit_vectors(3)
    index.upsert(["a", "b"], rows[:2])
    allowed = frozenset(["a", "c"])

    assert index.search(rows[:1], 3, allowed)[0].ids == ("a",)
    index.upsert(["c"], rows[2:])
    assert set(index.search(rows[:1], 3, allowed)[0].ids) == {"a", "c"}
    index.delete(["a"])
    assert index.search(rows[:1], 3, allowed)[0].ids == ("c",)
