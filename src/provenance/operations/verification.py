"""Verification of a whole ledger, of its log and if asked of its index: all that is wrong, in one report."""

from __future__ import annotations

from provenance.database.store import Store
from provenance.errors import DatabaseFailed, DatabaseRefused, InvalidProof, InvalidValue
from provenance.materialized.limits import Limits
from provenance.operations.index_check import IndexCheck
from provenance.operations.log_check import LogCheck
from provenance.operations.raw import Reading, as_it_lies
from provenance.operations.reports import Faults, Progress, Report
from provenance.proofs.checkpoints import Checkpoint, PublicKey, checkpoint_signed_by


def verify(
    store: Store,
    *,
    index: bool,
    checkpoint: str | None,
    key: str | None,
    limits: Limits,
    progress: Progress,
) -> Report:
    """Looks at everything, and changes nothing. Nobody adds to the log meanwhile."""
    if index:
        with store.read():
            pass  # which refuses an index of another revision
    faults = Faults()
    signed = _signed(checkpoint, key, faults)
    log: LogCheck | None = None
    derived: IndexCheck | None = None
    try:
        with store.read_log(is_still=True) as connection, as_it_lies(connection):
            read = Reading(connection, faults)
            log = LogCheck(read, signed, progress)
            log.run()
            if index:
                derived = IndexCheck(read, progress, log.entries, limits)
                derived.run()
    except (DatabaseFailed, DatabaseRefused) as error:
        faults.add("database", str(error))
    return Report(
        commits=log.commits if log else 0,
        entries=log.entries if log else 0,
        texts=log.texts if log else 0,
        absent_texts=log.absent_texts if log else 0,
        sealed=log.sealed if log else 0,
        redacted=log.redacted if log else 0,
        rows=derived.rows if derived else None,
        stale=derived.stale if derived else None,
        newer=derived.newer if derived else 0,
        checkpoint=signed.size if signed else None,
        findings=tuple(faults.found),
        omitted=faults.omitted,
    )


def _signed(checkpoint: str | None, key: str | None, faults: Faults) -> Checkpoint | None:
    """What the checkpoint says, if it is signed by the key; otherwise that is a finding."""
    if checkpoint is None and key is None:
        return None
    if checkpoint is None or key is None:
        raise InvalidValue(
            "key" if key is None else "checkpoint", "nothing", "a checkpoint and the key that signed it"
        )
    try:
        return checkpoint_signed_by(checkpoint, PublicKey.parsed(key))
    except InvalidProof as refused:
        faults.add(refused.what, refused.found)
        return None
