from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from matcher.encoder.windows import OVERLAP, Window, batches, windows_of

PROMPT = (901, 902)


@given(length=st.integers(0, 3000), room=st.integers(10, 600))
def test_every_token_is_in_a_window_and_every_window_fits_and_begins_with_the_prompt(length: int, room: int) -> None:
    windows = windows_of(7, [*PROMPT, *range(length)], PROMPT, room)

    assert {token for window in windows for token in window.ids[2:]} == set(range(length))
    assert all(window.ids[:2] == PROMPT and len(window.ids) <= room and window.owner == 7 for window in windows)
    assert all(window.weight == max(len(window.ids) - 2, 1) for window in windows)


def test_a_text_that_fits_is_one_window() -> None:
    assert len(windows_of(0, range(510), (), 510)) == 1
    assert len(windows_of(0, range(511), (), 510)) == 2


def test_neighbouring_windows_share_the_stated_number_of_tokens() -> None:
    first, second, *_ = windows_of(0, range(1200), (), 510)

    assert len(set(first.ids) & set(second.ids)) == OVERLAP


def test_no_window_lies_wholly_inside_its_neighbour() -> None:
    windows = windows_of(0, range(1000), (), 510)

    assert all(set(right.ids) - set(left.ids) for left, right in pairwise(windows))


def test_a_prompt_that_melts_into_the_text_keeps_what_is_left_of_it() -> None:
    assert windows_of(0, [901, 5, 6], PROMPT, 10) == [Window(0, (901, 5, 6), 2)]


@given(st.lists(st.integers(1, 700), max_size=60))
def test_batches_hold_every_window_once_within_the_padded_budget(lengths: list[int]) -> None:
    windows = [Window(owner, tuple(range(length)), length) for owner, length in enumerate(lengths)]

    made = list(batches(windows, 512))

    assert sorted(window.owner for batch in made for window in batch) == list(range(len(windows)))
    assert all(len(batch) == 1 or len(batch) * max(len(window.ids) for window in batch) <= 512 for batch in made)
