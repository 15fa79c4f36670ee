from __future__ import annotations

from pathlib import Path

import pytest

from matcher.settings import Settings
from matcher.wording import Language
from scripts import tables

README = Path(__file__).parent.parent.parent / "README.md"


@pytest.fixture(autouse=True)
def _no_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in Settings.model_fields:
        monkeypatch.delenv(f"MATCHER_{name.upper()}", raising=False)


def test_the_readme_documents_every_setting_as_it_is() -> None:
    text = README.read_text(encoding="utf-8")
    begin, end = "<!-- settings -->", "<!-- /settings -->"
    assert begin in text, f"README.md lacks {begin}"
    assert text.split(begin)[1].split(end)[0].strip() == tables.settings()


def test_every_setting_has_a_help_text() -> None:
    assert all(field.description for field in Settings.model_fields.values())


def test_everything_has_a_default_below_the_home_folder(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", "/somebody")
    settings = Settings()
    assert settings.home_folder == Path("/somebody/.matcher")
    assert settings.cache_folder == Path("/somebody/.matcher/cache")
    assert settings.url == "sqlite:////somebody/.matcher/matcher.db"
    assert settings.language is Language.ZH


def test_an_empty_variable_means_the_default(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MATCHER_HOME", "")
    monkeypatch.setenv("MATCHER_LANGUAGE", "")
    assert Settings().home == Path("~/.matcher")


def test_a_home_of_an_unknown_user_is_left_as_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MATCHER_HOME", "~nobody-of-this-name/x")
    assert Settings().home_folder == Path("~nobody-of-this-name/x")
