"""Keys to sealed values. The caller supplies them, and the ledger never stores them."""

from __future__ import annotations

import os
import secrets
from importlib.util import find_spec
from pathlib import Path
from typing import Protocol

from provenance.errors import KeyMissing, MissingExtra, Unsealable


class Keys(Protocol):
    """Encrypts and decrypts values, and destroys their keys. `handle` names one sealed value, `level` who may open it.
    Both have to be bound to the ciphertext, so that none can be put in another's place.

    `open` raises `errors.KeyMissing` where it has no key, and `errors.Unsealable` where the ciphertext is not what was
    sealed. After `destroy` the value of that handle can never be opened again, also not from a copy of the database;
    destroying it once more does nothing.
    """

    def seal(self, handle: str, level: str, plaintext: bytes) -> bytes:
        """The ciphertext of a value, under a key of its own. A commit that is repeated seals the same handle again."""
        ...

    def open(self, handle: str, level: str, ciphertext: bytes) -> bytes:
        """The value that was sealed under this handle for this level."""
        ...

    def destroy(self, handle: str, level: str) -> None:
        """Destroys the key of this handle, if there is one."""
        ...


KEY_BYTES = 32
NONCE_BYTES = 12
"""AES-256-GCM, with a random nonce a value (NIST SP 800-38D): every value has a key of its own, used once."""


class KeyFolder:
    """Keys in a folder outside of the ledger: one folder a level, one file a value.

    Whoever can read a level's folder, or a copy of it, can open what is sealed for that level.
    Needs the `cryptography` package, which the extra `sealing` brings, and raises `errors.MissingExtra` without it.
    """

    def __init__(self, folder: str | Path) -> None:
        if find_spec("cryptography") is None:
            raise MissingExtra("sealing", "cryptography")
        self._folder = Path(folder)

    def seal(self, handle: str, level: str, plaintext: bytes) -> bytes:
        """The nonce and the ciphertext. Makes a new key, and keeps it in a file of its own."""
        key = self._key(self._file(handle, level))
        nonce = secrets.token_bytes(NONCE_BYTES)
        sealed: bytes = _cipher(key).encrypt(nonce, plaintext, _bound(handle, level))
        return nonce + sealed

    def _key(self, file: Path) -> bytes:
        """A new key; or that of an earlier attempt, where a commit is repeated."""
        file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        if file.exists():
            return file.read_bytes()
        key = secrets.token_bytes(KEY_BYTES)
        descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "wb") as kept:
            kept.write(key)
            kept.flush()
            os.fsync(kept.fileno())
        return key

    def open(self, handle: str, level: str, ciphertext: bytes) -> bytes:
        """The value that `seal` was given. Raises `KeyMissing` and `Unsealable`, as `Keys` says."""
        from cryptography.exceptions import InvalidTag

        try:
            key = self._file(handle, level).read_bytes()
        except FileNotFoundError:
            raise KeyMissing(level) from None
        try:
            nonce, rest = ciphertext[:NONCE_BYTES], ciphertext[NONCE_BYTES:]
            plaintext: bytes = _cipher(key).decrypt(nonce, rest, _bound(handle, level))
        except (InvalidTag, ValueError):
            raise Unsealable(level) from None
        return plaintext

    def destroy(self, handle: str, level: str) -> None:
        """Overwrites the file of the key, and deletes it."""
        file = self._file(handle, level)
        if file.exists():
            with file.open("r+b") as kept:
                kept.write(bytes(KEY_BYTES))
                kept.flush()
                os.fsync(kept.fileno())
            file.unlink()

    def _file(self, handle: str, level: str) -> Path:
        """The file of one key. A level is free text, and so its folder has a hexadecimal name."""
        return self._folder / level.encode("utf-8").hex() / f"{bytes.fromhex(handle).hex()}.key"


def _bound(handle: str, level: str) -> bytes:
    return f"{handle}\n{level}".encode()


def _cipher(key: bytes):  # type: ignore[no-untyped-def]  # noqa: ANN202 - the extra may not be installed
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    return AESGCM(key)
