"""Passwords and secrets: what is kept of them is a hash from which they cannot be found."""

from __future__ import annotations

import hashlib

from pwdlib import PasswordHash

from matcher.errors import AccountError
from matcher.wording import Said

SHORTEST, LONGEST = 10, 200
"""Characters of a password. NIST SP 800-63B asks for length, not for kinds of characters."""

_argon2 = PasswordHash.recommended()


def hashed(password: str, email: str) -> str:
    """The Argon2 hash of a new password.

    Raises:
        AccountError: it is too short, too long, or contains the address it belongs to.
    """
    mine = email.partition("@")[0].casefold()
    if not SHORTEST <= len(password) <= LONGEST or (len(mine) > 3 and mine in password.casefold()):
        raise AccountError(
            Said(
                f"密码须为 {SHORTEST}–{LONGEST} 个字符，且不含邮箱名。",
                f"A password has {SHORTEST} to {LONGEST} characters and does not contain the e-mail name.",
            ),
            Said("请换一个密码，例如几个不相关的词。", "Choose another one, a few unrelated words for example."),
        )
    return _argon2.hash(password)


def matches(password: str, kept: str) -> bool:
    """Whether the password is the one of the hash. Without a hash it takes as long as with one, and is not."""
    return _argon2.verify(password, kept or _NOBODY) and bool(kept)


def secret_hash(secret: str) -> str:
    """SHA-256 of a random secret. It needs no salt and no slowness: nobody guesses 256 random bits."""
    return hashlib.sha256(secret.encode()).hexdigest()


_NOBODY = "$argon2id$v=19$m=65536,t=3,p=4$MIIRqgvgQbgj220jfp0MPA$YfwJSVjtjSU0zzV/P3S9nnQ/USre2wvJMjfCIjrTQbg"
"""A well-formed hash that no known password has: checking against it hides whether an address has an account."""
