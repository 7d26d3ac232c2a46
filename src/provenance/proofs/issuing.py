"""Issuing checkpoints of the log, and receipts for its entries."""

from __future__ import annotations

from itertools import islice

from sqlalchemy import Connection

from provenance.errors import DamagedLog, InvalidProof, InvalidValue
from provenance.log import chain, journal
from provenance.log.merkle import GrowingTree, leaf_hash, root_hash
from provenance.proofs.checkpoints import Signer, checkpoint_in, signed
from provenance.proofs.inclusion import inclusion_path
from provenance.proofs.receipts import receipt_text


def checkpoint(connection: Connection, signer: Signer) -> str:
    """A signed checkpoint of all commits. Raises `DamagedLog` where one of them is not what was written."""
    tree = GrowingTree()
    for stored in chain.headers(connection):
        tree.add(leaf_hash(stored.header.body()))
    return signed(tree.size, tree.root(), signer)


def receipt(connection: Connection, place: int, signed_checkpoint: str) -> str:
    """A receipt for the entry at this place. Raises `InvalidProof` where the checkpoint is not one of this log, and
    `DamagedLog` where a commit is not what was written."""
    covered = checkpoint_in(signed_checkpoint)
    headers = [stored.header for stored in islice(chain.headers(connection), covered.size)]
    leaves = [leaf_hash(header.body()) for header in headers]
    if root_hash(leaves) != covered.root:
        raise InvalidProof("checkpoint", "it is not one of this log")
    entries = journal.entries_beside(connection, place)
    commit_seq = entries[0].commit_seq
    if commit_seq > covered.size:
        raise InvalidValue("checkpoint", "one from before the record", "one that was signed after it")
    header = headers[commit_seq - 1]
    entry_leaves = [leaf_hash(entry.body) for entry in entries]
    if root_hash(entry_leaves) != header.root:
        raise DamagedLog(f"commit {commit_seq}", "its entries have another root than it was made with")
    inside = place - entries[0].seq
    return receipt_text(
        entries[inside].body,
        place=inside,
        entry_path=inclusion_path(entry_leaves, inside),
        header=header,
        commit_path=inclusion_path(leaves, commit_seq - 1),
        checkpoint=signed_checkpoint,
    )
