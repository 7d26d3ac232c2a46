"""Ed25519 signatures, on the package `cryptography`: the extra `signing`. It is only imported where they are used."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from provenance.errors import InvalidValue
from provenance.proofs.checkpoints import PublicKey, require_cryptography

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey


class Ed25519Signer:
    """A `Signer` whose key is in this process. `name` is the log's, such as "example.org/newsroom"."""

    def __init__(self, name: str, private_key: Ed25519PrivateKey) -> None:
        self.name = name
        self._private_key = private_key

    @classmethod
    def generate(cls, name: str) -> Self:
        """A signer with a new key. Keep its `pem` secret, and give its `key` to whoever checks."""
        require_cryptography()
        from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

        return cls(name, Ed25519PrivateKey.generate())

    @classmethod
    def from_pem(cls, name: str, pem: bytes, *, password: bytes | None = None) -> Self:
        """A signer with the key that `pem` gave. Raises `InvalidValue` for any other key, and for a wrong password."""
        require_cryptography()
        from cryptography.exceptions import UnsupportedAlgorithm
        from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
        from cryptography.hazmat.primitives.serialization import load_pem_private_key

        try:
            private_key = load_pem_private_key(pem, password)
        except (ValueError, TypeError, UnsupportedAlgorithm):
            private_key = None
        if not isinstance(private_key, Ed25519PrivateKey):
            raise InvalidValue(
                "pem", "something else", "an Ed25519 private key, with its password if it has one"
            )
        return cls(name, private_key)

    def pem(self, *, password: bytes | None = None) -> bytes:
        """The private key as PKCS #8, encrypted where a password is given."""
        from cryptography.hazmat.primitives import serialization

        encryption = (
            serialization.NoEncryption()
            if password is None
            else serialization.BestAvailableEncryption(password)
        )
        return self._private_key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, encryption
        )

    @property
    def public_key(self) -> bytes:
        """The 32 bytes of RFC 8032."""
        return self._private_key.public_key().public_bytes_raw()

    @property
    def key(self) -> str:
        """The public key in the form that `verify` and `verify_receipt` take."""
        return str(PublicKey(self.name, self.public_key))

    def sign(self, message: bytes) -> bytes:
        """The 64 bytes of RFC 8032."""
        return self._private_key.sign(message)
