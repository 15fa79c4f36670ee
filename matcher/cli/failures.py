"""Whatever a user can cause becomes a message with the next step and an exit code; a traceback is a bug of ours."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager

from pydantic import ValidationError

from matcher.cli.console import Screen
from matcher.errors import ConfigurationError, MatcherError
from matcher.settings import Settings
from matcher.wording import Language, Said

INTERRUPTED = 130
"""The exit code of a command that Ctrl-C ended: 128 and the signal's number."""


@contextmanager
def reported() -> Iterator[None]:
    """Print what goes wrong inside the block and exit: 1 for a named error, 130 for Ctrl-C."""
    try:
        yield
    except ValidationError as error:
        _exit(wrong_settings(error)[0])
    except MatcherError as error:
        _exit(error)
    except OSError as error:
        _exit(_unusable(error))
    except KeyboardInterrupt:
        _interrupted()
    except SystemExit as error:
        if error.code == INTERRUPTED:
            _interrupted()
        raise


def _exit(error: MatcherError) -> None:
    Screen(chosen_language()).error(error)
    sys.exit(1)


def _interrupted() -> None:
    said = Said("已中断；再次运行同一命令即可继续。", "Interrupted; run the same command again to go on.")
    Screen(chosen_language()).note(said)
    sys.exit(INTERRUPTED)


def chosen_language() -> Language:
    """The language that is set, or Chinese while the settings cannot be read."""
    try:
        return Settings().language
    except ValidationError:
        return Language.ZH


def wrong_settings(error: ValidationError) -> list[ConfigurationError]:
    """What each of the settings that were refused has wrong."""
    return [
        ConfigurationError(
            Said(f"设置 {name} 无效：{fault['input']}。", f"The setting {name} is not valid: {fault['input']}."),
            Said(
                f"请改正或取消这个环境变量，见 README 的设置表（{fault['msg']}）。",
                f"Correct or unset this environment variable; see the settings in the README ({fault['msg']}).",
            ),
        )
        for fault in error.errors()
        for name in [f"MATCHER_{str(fault['loc'][0]).upper()}"]
    ]


def _unusable(error: OSError) -> MatcherError:
    place, reason = error.filename or "", error.strerror or str(error)
    return ConfigurationError(
        Said(f"无法读写 {place}（{reason}）。", f"Cannot read or write {place} ({reason})."),
        Said("请检查路径、权限和磁盘空间。", "Check the path, the permissions and the space on the disk."),
    )
