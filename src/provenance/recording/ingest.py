"""Ingest: any number of sentences, in commits of bounded size."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from sqlalchemy import Connection

from provenance.database.store import Store
from provenance.log.commits import CommitHeader
from provenance.materialized.limits import Limits
from provenance.recording.desk import Desk
from provenance.recording.drafts import Draft
from provenance.recording.keys import Keys
from provenance.recording.sentence_form import Sentence

COMMIT_EVERY = 5_000
"""Sentences in one commit of an ingest: so many that the fixed costs of a commit vanish, and few enough for memory."""


def ingest(
    store: Store,
    batches: Iterable[list[Sentence]],
    *,
    author: str,
    keys: Keys | None,
    now: Callable[[], int],
    limits: Limits,
    progress: Callable[[int], None] | None,
) -> int:
    """Records each batch in a commit of its own, and gives how many sentences were new.

    `now` gives the time of a commit in microseconds since 1970 UTC. `progress` is called after every commit with the
    number of sentences read so far.
    """
    added, read = 0, 0
    for batch in batches:
        desk = Desk(store.read_log, author=author, keys=keys)
        recorded = [
            desk.record_sentence(sentence, number=number)
            for number, sentence in enumerate(batch, start=read + 1)
        ]
        _commit(store, desk.finish(), now, limits)
        added += sum(bool(one.is_new) for one in recorded)
        read += len(batch)
        if progress is not None:
            progress(read)
    return added


def _commit(store: Store, draft: Draft, now: Callable[[], int], limits: Limits) -> None:
    def work(connection: Connection) -> CommitHeader | None:
        return draft.commit(connection, now(), limits=limits)

    store.write(work)
