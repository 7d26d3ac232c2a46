"""Sealed values: what a record says to those who hold a key, and what it shows to everybody else."""

from __future__ import annotations

import hashlib
import re
import secrets

from attrs import evolve, field, frozen

from provenance.errors import InvalidValue
from provenance.values import fields

SALT_BYTES = 32
"""Bytes of a salt, as many as the digest has: with it a commitment tells nothing, even to those who try every name."""

HANDLE_BYTES = 16
"""Random bytes of a handle: it takes some 2^64 handles until two of them are likely to be equal."""

_HANDLE = re.compile(rf"[0-9a-f]{{{2 * HANDLE_BYTES}}}")
_COMMITMENT = re.compile(r"[0-9a-f]{64}")

DESK = "desk"
"""The level of those who handle the sources, and the default. Everybody else is the public. A desk can have levels of
its own."""


def is_handle(value: object) -> bool:
    return isinstance(value, str) and _HANDLE.fullmatch(value) is not None


def _handle(value: object) -> str:
    if not is_handle(value):
        raise InvalidValue("handle", "something else", "32 hexadecimal digits, such as secrets.token_hex(16)")
    return str(value)


def _commitment(value: object) -> str:
    if not isinstance(value, str) or not _COMMITMENT.fullmatch(value):
        raise InvalidValue("commitment", "something else", "a SHA-256 digest in hexadecimal digits")
    return value


def _salt(value: object) -> bytes | None:
    if value is not None and not (isinstance(value, bytes) and len(value) == SALT_BYTES):
        raise InvalidValue("salt", "something else", f"{SALT_BYTES} random bytes")
    return value


@frozen(kw_only=True, repr=False)
class Sealed:
    """A value that only authorised readers see. `sealed` makes one.

    The value lies encrypted beside the log. The log itself holds a commitment to it: the SHA-256, in hexadecimal, of a
    random salt and the value's UTF-8 bytes. `handle` names the value and is random: neither the handle nor the id of a
    record that holds the value is computed from it. `level` says who may open the value, and `public` is what readers
    are shown in its place. `value` and `salt` are there only until the value is recorded.
    """

    handle: str = field(converter=_handle)
    level: str = field(converter=fields.name("level"))
    commitment: str = field(converter=_commitment)
    public: str | None = field(default=None, converter=fields.optional_text("public"))
    value: str | None = field(
        default=None, eq=False, converter=fields.optional_text("sealed", fields.MAX_DOCUMENT)
    )
    salt: bytes | None = field(default=None, eq=False, converter=_salt)

    def __attrs_post_init__(self) -> None:
        plaintext = self.plaintext
        if plaintext is not None and hashlib.sha256(plaintext).hexdigest() != self.commitment:
            raise InvalidValue("commitment", "that of another value", "sealed(…), which makes it")

    def __repr__(self) -> str:
        return f"Sealed(level={self.level!r}, public={self.public!r})"

    @property
    def plaintext(self) -> bytes | None:
        """The bytes to encrypt, the salt and then the value. None of a sealed value that was read from a ledger."""
        return None if self.value is None or self.salt is None else self.salt + self.value.encode("utf-8")

    def salted(self, salt: bytes) -> Sealed:
        """The same value, committed to with this salt."""
        if self.value is None or self.salt == salt:
            return self
        return evolve(self, salt=salt, commitment=commitment_of(salt, self.value))


def sealed(value: str, *, public: str | None = None, level: str = DESK, handle: str | None = None) -> Sealed:
    """A value to be recorded sealed, for readers of the `level`. All others are shown `public` in its place.

    Every call draws a new handle, and so makes another source or claim. To record the same one again, keep what this
    function gave, or pass the `handle` that it had: 32 hexadecimal digits, drawn at random.

    Raises `InvalidValue` for a value that is no text, is blank, or has more than 10,000,000 characters.
    """
    words = fields.text("sealed", value, longest=fields.MAX_DOCUMENT)
    salt = secrets.token_bytes(SALT_BYTES)
    return Sealed(
        handle=secrets.token_hex(HANDLE_BYTES) if handle is None else handle,
        level=level,
        commitment=commitment_of(salt, words),
        public=public,
        value=words,
        salt=salt,
    )


def commitment_of(salt: bytes, value: str) -> str:
    return hashlib.sha256(salt + value.encode("utf-8")).hexdigest()


def opened(seal: Sealed, plaintext: bytes) -> str:
    """The value in decrypted bytes. Raises `InvalidValue` where it is not the one that was committed to."""
    if hashlib.sha256(plaintext).hexdigest() != seal.commitment:
        raise InvalidValue(
            "sealed", "another value than was committed to", "the key and the database that belong together"
        )
    return salt_and_value(plaintext)[1]


def salt_and_value(plaintext: bytes) -> tuple[bytes, str]:
    return plaintext[:SALT_BYTES], plaintext[SALT_BYTES:].decode("utf-8")


def public_words(value: str | Sealed | None) -> str | None:
    """What everybody may see of a value: its public words where it is sealed."""
    return value.public if isinstance(value, Sealed) else value
