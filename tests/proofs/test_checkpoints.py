"""Signed checkpoints: the C2SP formats to the letter, and nothing altered is taken for signed."""

from __future__ import annotations

import base64
import subprocess
import sys

import pytest
from databases import Database
from hypothesis import given
from hypothesis import strategies as st

from provenance import Checkpoint, Ledger, Signer
from provenance.database.transactions import writing
from provenance.errors import DamagedLog, InvalidProof, InvalidValue, MissingExtra
from provenance.log import guards
from provenance.log.merkle import leaf_hash, root_hash
from provenance.proofs import checkpoints
from provenance.proofs.checkpoints import PublicKey, checkpoint_in, checkpoint_signed_by, key_id_of, signed
from provenance.proofs.signing import Ed25519Signer

NAME = "example.org/newsroom"
ROOT = leaf_hash(b"commit")

# From the documentation of golang.org/x/mod/sumdb/note, which the C2SP formats come from; and the key of the Go
# project's checksum database.
PETER = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
PETERS_TEXT = (
    "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n"
)
PETERS_SIGNATURE = (
    "x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM="
)
PETERS_LINE = f"— PeterNeumann {PETERS_SIGNATURE}\n"
SUM_DATABASE = "sum.golang.org+033de0ae+Ac4zctda0e5eza+HJyk9SxEdh+s3Ux18htTTAD8OuAn8"


@pytest.fixture(scope="module")
def signer() -> Ed25519Signer:
    return Ed25519Signer.generate(NAME)


def test_a_signer_is_one(signer: Ed25519Signer) -> None:
    accepted: Signer = signer

    assert (accepted.name, len(accepted.public_key), len(accepted.sign(b""))) == (NAME, 32, 64)


@pytest.mark.parametrize("key", [PETER, SUM_DATABASE])
def test_keys_of_others_are_read_and_written_alike(key: str) -> None:
    assert str(PublicKey.parsed(key)) == key


def test_a_signature_made_by_others_holds() -> None:
    key = PublicKey.parsed(PETER)

    with pytest.raises(InvalidProof, match="its text is not an origin"):  # which is only read when signed
        checkpoint_signed_by(f"{PETERS_TEXT}\n{PETERS_LINE}", key)
    with pytest.raises(InvalidProof, match="the signature is not that of PeterNeumann"):
        checkpoint_signed_by(f"{PETERS_TEXT.upper()}\n{PETERS_LINE}", key)


def test_a_checkpoint_is_a_signed_note_to_the_letter(signer: Ed25519Signer) -> None:
    note = signed(7, ROOT, signer)

    text = f"{NAME}\n7\n{base64.b64encode(ROOT).decode()}\n"
    signature = base64.b64encode(key_id_of(NAME, signer.public_key) + signer.sign(text.encode())).decode()
    assert note == f"{text}\n— {NAME} {signature}\n"
    assert checkpoint_signed_by(note, PublicKey.parsed(signer.key)) == Checkpoint(NAME, 7, ROOT)


def test_signatures_by_others_are_passed_over(signer: Ed25519Signer) -> None:
    note = signed(7, ROOT, signer)
    witness = signed(7, ROOT, Ed25519Signer.generate("witness.example.org")).splitlines(keepends=True)[-1]
    namesake = signed(7, ROOT, Ed25519Signer.generate(NAME)).splitlines(keepends=True)[-1]
    key = PublicKey.parsed(signer.key)

    assert checkpoint_signed_by(note + witness + namesake + PETERS_LINE, key).size == 7
    with pytest.raises(InvalidProof, match="has not signed it"):
        checkpoint_signed_by(note, PublicKey.parsed(Ed25519Signer.generate(NAME).key))
    with pytest.raises(InvalidProof, match="has not signed it"):
        checkpoint_signed_by(note, PublicKey.parsed(PETER))


def test_a_checkpoint_of_another_log_is_refused(signer: Ed25519Signer) -> None:
    other = Checkpoint("example.org/another", 7, ROOT).text()
    signature = base64.b64encode(key_id_of(NAME, signer.public_key) + signer.sign(other.encode())).decode()

    with pytest.raises(InvalidProof, match="speaks of another log"):
        checkpoint_signed_by(f"{other}\n— {NAME} {signature}\n", PublicKey.parsed(signer.key))


@pytest.mark.parametrize(
    "text",
    [
        f"{NAME}\n07\n{base64.b64encode(ROOT).decode()}\n",
        f"{NAME}\n-7\n{base64.b64encode(ROOT).decode()}\n",
        f"{NAME}\n٧\n{base64.b64encode(ROOT).decode()}\n",
        f"{NAME}\n7\n{base64.b64encode(ROOT[:31]).decode()}\n",
        f"{NAME}\n7\n{base64.urlsafe_b64encode(b'?' * 32).decode()}\n",
        f"{NAME}\n7\n",
        f"\n7\n{base64.b64encode(ROOT).decode()}\n",
        f"{NAME}\n7\n{base64.b64encode(ROOT).decode()}\n\nmore\n",
    ],
    ids=["zero", "minus", "digit", "short", "urlsafe", "rootless", "nameless", "gap"],
)
def test_what_is_no_checkpoint_is_refused_though_it_is_signed(signer: Ed25519Signer, text: str) -> None:
    signature = base64.b64encode(key_id_of(NAME, signer.public_key) + signer.sign(text.encode())).decode()

    with pytest.raises(InvalidProof):
        checkpoint_signed_by(f"{text}\n— {NAME} {signature}\n", PublicKey.parsed(signer.key))


def test_lines_that_are_signed_too_may_follow_the_root(signer: Ed25519Signer) -> None:
    text = Checkpoint(NAME, 7, ROOT).text() + "more\n"
    signature = base64.b64encode(key_id_of(NAME, signer.public_key) + signer.sign(text.encode())).decode()

    assert checkpoint_signed_by(f"{text}\n— {NAME} {signature}\n", PublicKey.parsed(signer.key)).size == 7


@given(st.data())
def test_no_altered_checkpoint_says_something_else(data: st.DataObject) -> None:
    signer = Ed25519Signer.generate(NAME)
    key = PublicKey.parsed(signer.key)
    note = signed(7, ROOT, signer)
    place = data.draw(st.integers(0, len(note) - 1))
    put = data.draw(st.text(max_size=3) | st.sampled_from("0123456789\n —+=/A"))
    altered = note[:place] + put + note[place + data.draw(st.integers(0, 2)) :]

    try:
        found = checkpoint_signed_by(altered, key)
    except InvalidProof:
        return
    assert found == checkpoint_in(note)
    assert altered.startswith(Checkpoint(NAME, 7, ROOT).text())


@pytest.mark.parametrize(
    "key",
    [
        "",
        PETER.replace("c74f20a3", "c74f20a4"),
        PETER.replace("PeterNeumann", "peterneumann"),
        PETER[:-4],
        PETER.replace("+ARpc", "+AhpC"),
        "a b+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",
    ],
)
def test_what_is_no_key_is_refused(key: str) -> None:
    with pytest.raises(InvalidValue, match="key"):
        PublicKey.parsed(key)


@pytest.mark.parametrize("name", ["", "a b", "a+b", "a\nb", "a\u2003b"])
def test_a_name_that_no_note_can_hold_is_refused(name: str) -> None:
    with pytest.raises(InvalidValue, match=r"signer\.name"):
        signed(0, root_hash([]), Ed25519Signer.generate(name))


@pytest.mark.parametrize("password", [None, b"secret"])
def test_a_key_can_be_kept_and_read_again(signer: Ed25519Signer, password: bytes | None) -> None:
    pem = signer.pem(password=password)

    assert Ed25519Signer.from_pem(NAME, pem, password=password).key == signer.key
    assert (b"ENCRYPTED" in pem) == (password is not None)
    with pytest.raises(InvalidValue, match="pem"):
        Ed25519Signer.from_pem(NAME, pem[:-40], password=password)
    with pytest.raises(InvalidValue, match="pem"):
        Ed25519Signer.from_pem(NAME, pem, password=None if password else b"secret")


def test_a_ledgers_checkpoint_covers_its_commits(migrated_database: Database, signer: Ed25519Signer) -> None:
    key = PublicKey.parsed(signer.key)
    with Ledger.open(migrated_database.url) as ledger:
        empty = checkpoint_signed_by(ledger.checkpoint(signer), key)
        ledger.record("It burned", source="Somebody", by="desk")
        one = checkpoint_signed_by(ledger.checkpoint(signer), key)
        ledger.record("It rained", source="Somebody", by="desk")
        two = checkpoint_signed_by(ledger.checkpoint(signer), key)

    assert empty == Checkpoint(NAME, 0, root_hash([]))
    assert [one.size, two.size] == [1, 2]
    assert len({empty.root, one.root, two.root}) == 3


def test_a_log_that_was_changed_is_not_signed(migrated_database: Database, signer: Ed25519Signer) -> None:
    with Ledger.open(migrated_database.url) as ledger:
        ledger.record("It burned", source="Somebody", by="desk")
        with writing(ledger._store.engine) as connection:
            guards.take_down(connection)
            connection.exec_driver_sql("UPDATE provenance_commit SET author = 'nobody'")

        with pytest.raises(DamagedLog, match="commit 1"):
            ledger.checkpoint(signer)


def test_the_library_works_without_the_package_that_signs() -> None:
    program = (
        "import sys; sys.modules['cryptography'] = None\n"
        "import provenance\n"
        "try: provenance.Ed25519Signer.generate('a')\n"
        "except provenance.errors.MissingExtra as missing: print(missing)"
    )

    printed = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    ).stdout

    assert printed == (
        "the package cryptography is not installed; install the extra 'signing' of this library: "
        "pip install '.[signing]' in its checkout\n"
    )
    assert "cryptography" not in _imported_by("import provenance")


def _imported_by(program: str) -> set[str]:
    printed = subprocess.run(
        [sys.executable, "-c", f"{program}; import sys; print(*sys.modules)"],
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    return set(printed.split())


def test_a_missing_package_is_named_when_checking(
    monkeypatch: pytest.MonkeyPatch, signer: Ed25519Signer
) -> None:
    monkeypatch.setitem(sys.modules, "cryptography", None)

    with pytest.raises(MissingExtra, match="signing"):
        checkpoints._is_signature(b"", b"", signer.public_key)
