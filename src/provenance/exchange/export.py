"""Export: a whole log as JSON lines, out of a ledger."""

from __future__ import annotations

from pathlib import Path
from typing import BinaryIO

from sqlalchemy import Connection

from provenance.database.store import Store
from provenance.errors import DamagedLog
from provenance.exchange.log_lines import Commit, End, SealedValue, Text, Writer, first_line, line_of
from provenance.log import beside, chain
from provenance.log.commits import GENESIS
from provenance.operations.files import whole_file
from provenance.operations.reports import Progress


def export(store: Store, target: str | Path | BinaryIO, *, sealed: bool, progress: Progress) -> int:
    """Writes the log to a new file or a stream of bytes, with the ciphertexts of sealed values only if `sealed`.

    Gives the number of entries. Raises `DamagedLog` where the log is not what was written.
    """
    with store.read_log(is_still=True) as connection:
        if not isinstance(target, str | Path):
            return write(connection, target, sealed=sealed, progress=progress).entries
        with whole_file(Path(target), "export") as unfinished, unfinished.open("xb") as stream:
            return write(connection, stream, sealed=sealed, progress=progress).entries


def write(connection: Connection, stream: BinaryIO, *, sealed: bool, progress: Progress) -> End:
    """Writes the log as the connection sees it."""
    lines = Writer(stream)
    commits = entries = texts = seals = 0
    head = GENESIS
    lines.write(first_line(sealed=sealed))
    for stored, held in chain.commits(connection):
        lines.write(line_of(Commit(stored.header, stored.request_key)))
        for entry in held:
            if b"\n" in entry.body:
                raise DamagedLog(f"entry {entry.seq}", "it is no line of canonical JSON")
            lines.write(entry.body + b"\n")
        head = stored.hash
        commits += 1
        entries += stored.header.size
        progress(entries)
    for digest, text in beside.texts(connection):
        lines.write(line_of(Text(digest, text)))
        texts += 1
    for handle, level, ciphertext in beside.sealed(connection) if sealed else ():
        lines.write(line_of(SealedValue(handle, level, ciphertext)))
        seals += 1
    counts = {"commits": commits, "entries": entries, "texts": texts, "sealed": seals}
    end = End(**counts, head=head, sha256=lines.sha256)
    lines.write(line_of(end))
    return end
