"""Checkpoints: what a signer says of the log at one moment, in a small text that is to be kept elsewhere.

The text is a C2SP tlog-checkpoint (https://c2sp.org/tlog-checkpoint) in a C2SP signed note
(https://c2sp.org/signed-note) with Ed25519 signatures:

- the origin, which names the log: here the name of the key that signs it
- the number of commits, in decimal
- the base64 of the RFC 6962 root over them; a leaf's data are a commit's header as canonical JSON
- an empty line
- a line for each signature: an em dash, the key's name, and the base64 of the key's id and the signature.

A public key is written as name+id+key: the id in hexadecimal, the key in base64 behind its type byte.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
from typing import Protocol, Self

from attrs import frozen

from provenance.errors import InvalidProof, InvalidValue, MissingExtra
from provenance.proofs.inclusion import DIGEST_SIZE

ED25519 = b"\x01"
"""The type byte of Ed25519 signatures."""

KEY_ID_SIZE, KEY_SIZE = 4, 32
MAX_NOTE = 1_000_000
"""Characters of a note: some hundred of the longest signatures there are."""

_SIZE = re.compile(r"0|[1-9][0-9]{0,15}")
_NOT_IN_A_NAME = re.compile(r"[\s+\x00-\x1f]")
_CONTROL = re.compile(r"[\x00-\x09\x0b-\x1f]")


class Signer(Protocol):
    """What signs checkpoints: an Ed25519 key under a name, in this process or in a device of its own."""

    @property
    def name(self) -> str:
        """The log's name as the world knows it, such as "example.org/newsroom"; without spaces and plus signs."""
        ...

    @property
    def public_key(self) -> bytes:
        """The 32 bytes of RFC 8032."""
        ...

    def sign(self, message: bytes) -> bytes:
        """The 64 bytes of RFC 8032."""
        ...


@frozen
class PublicKey:
    """The key by which a signed checkpoint is checked."""

    name: str
    key: bytes

    @classmethod
    def parsed(cls, text: str) -> Self:
        name, _, rest = text.partition("+")
        key_id, _, key = rest.partition("+")
        encoded = _decoded(key)
        if (
            encoded is None
            or len(encoded) != 1 + KEY_SIZE
            or encoded[:1] != ED25519
            or not _is_name(name)
            or key_id != key_id_of(name, encoded[1:]).hex()
        ):
            raise InvalidValue("key", "something else", "a public key as Signer's has it: name+id+key")
        return cls(name, encoded[1:])

    def __str__(self) -> str:
        encoded = base64.b64encode(ED25519 + self.key).decode()
        return f"{self.name}+{key_id_of(self.name, self.key).hex()}+{encoded}"


@frozen
class Checkpoint:
    """A log's name, the number of its commits and the root over them."""

    origin: str
    size: int
    root: bytes

    def text(self) -> str:
        """Its three lines, which a signature is over (https://c2sp.org/tlog-checkpoint): name, size and root."""
        return f"{self.origin}\n{self.size}\n{base64.b64encode(self.root).decode()}\n"


def key_id_of(name: str, public_key: bytes) -> bytes:
    return hashlib.sha256(name.encode() + b"\n" + ED25519 + public_key).digest()[:KEY_ID_SIZE]


def signed(size: int, root: bytes, signer: Signer) -> str:
    """The signed checkpoint of a log with the signer's name."""
    if not _is_name(signer.name):
        raise InvalidValue("signer.name", "a name that no note can hold", "one without spaces and plus signs")
    text = Checkpoint(signer.name, size, root).text()
    signature = key_id_of(signer.name, signer.public_key) + signer.sign(text.encode())
    return f"{text}\n— {signer.name} {base64.b64encode(signature).decode()}\n"


def checkpoint_in(note: str) -> Checkpoint:
    """The checkpoint in a signed note, whoever signed it. Raises `InvalidProof` where the note holds none."""
    origin, size, root, *extensions = [*_parts(note)[0].removesuffix("\n").split("\n"), "", ""]
    decoded = _decoded(root)
    if not origin or not _SIZE.fullmatch(size) or decoded is None or len(decoded) != DIGEST_SIZE:
        raise InvalidProof("checkpoint", "its text is not an origin, a size and a root")
    if "" in extensions[:-2]:
        raise InvalidProof("checkpoint", "its text holds an empty line")
    return Checkpoint(origin, int(size), decoded)


def checkpoint_signed_by(note: str, key: PublicKey) -> Checkpoint:
    """The checkpoint in a signed note, if the key signed it and it is one of the key's log; else raises `InvalidProof`.

    Signatures by other keys, such as those of witnesses, are passed over.
    """
    text, lines = _parts(note)
    mine = [
        signature[KEY_ID_SIZE:]
        for name, signature in map(_signature, lines)
        if name == key.name and signature[:KEY_ID_SIZE] == key_id_of(key.name, key.key)
    ]
    if not mine:
        raise InvalidProof("checkpoint", f"{key.name} has not signed it")
    if not all(_is_signature(signature, text.encode(), key.key) for signature in mine):
        raise InvalidProof("checkpoint", f"the signature is not that of {key.name}")
    checkpoint = checkpoint_in(note)
    if checkpoint.origin != key.name:
        raise InvalidProof("checkpoint", f"it speaks of another log than {key.name}")
    return checkpoint


def _parts(note: str) -> tuple[str, list[str]]:
    """The text with its last line break, and the signature lines."""
    text, gap, signatures = note.rpartition("\n\n")
    if (
        not gap
        or len(note) > MAX_NOTE
        or not note.endswith("\n")
        or _CONTROL.search(note)
        or not _is_utf8(note)
    ):
        raise InvalidProof("checkpoint", "it is not a signed note")
    return text + "\n", signatures.removesuffix("\n").split("\n")


def _signature(line: str) -> tuple[str, bytes]:
    dash, _, rest = line.partition(" ")
    name, _, encoded = rest.partition(" ")
    signature = _decoded(encoded)
    if dash != "—" or not _is_name(name) or signature is None or len(signature) <= KEY_ID_SIZE:
        raise InvalidProof("checkpoint", "a signature line is none")
    return name, signature


def _is_name(name: str) -> bool:
    return name != "" and not _NOT_IN_A_NAME.search(name) and _is_utf8(name)


def _is_utf8(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def _decoded(text: str) -> bytes | None:
    """The bytes of this base64; None where the same bytes are written otherwise, or it is no base64."""
    try:
        decoded = base64.b64decode(text.encode("ascii"), validate=True)
    except (UnicodeEncodeError, binascii.Error):
        return None
    return decoded if base64.b64encode(decoded).decode() == text else None


def _is_signature(signature: bytes, message: bytes, public_key: bytes) -> bool:
    require_cryptography()
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

    try:
        Ed25519PublicKey.from_public_bytes(public_key).verify(signature, message)
    except (InvalidSignature, ValueError):
        return False
    return True


def require_cryptography() -> None:
    try:
        import cryptography  # noqa: F401
    except ModuleNotFoundError:
        raise MissingExtra("signing", "cryptography") from None
