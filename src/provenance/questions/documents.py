"""Questions about a story: its versions, and where its quotations stand in another version."""

from __future__ import annotations

from provenance.answers.builder import AnswerBuilder
from provenance.answers.documents import Refound, Version
from provenance.errors import InvalidValue
from provenance.loading import quotations
from provenance.loading import versions as stories
from provenance.questions.asking import Asked, Asker, id_of, key_of
from provenance.rules import refinding


def versions(asker: Asker, document: Asked) -> tuple[Version, ...]:
    with asker.reading() as loader:
        found, graph = stories.versions(loader, key_of(loader.connection, document, "document"))
        earlier = (one.document.supersedes for one in found)
        ids = loader.ids(key for key in earlier if key is not None)
    builder = AnswerBuilder(graph)
    return tuple(builder.version(one, ids) for one in found)


def refound(asker: Asker, document: Asked, mention: Asked | None) -> tuple[Refound, ...]:
    with asker.reading() as loader:
        key = key_of(loader.connection, document, "document")
        text = quotations.text_of(loader.connection, key)
        if text is None:
            raise InvalidValue(
                "document", "one whose text is not held", "a document that was recorded with its text"
            )
        mentions = (
            quotations.mentions_before(loader, key)
            if mention is None
            else [key_of(loader.connection, mention, "mention")]
        )
        quoted = quotations.quotations(loader.connection, mentions)
    places = [refinding.refound(one.anchor, text, before=one.before) for one in quoted]
    return tuple(
        Refound(one.mention, id_of(document, "document"), place.kind, place.spans)
        for one, place in zip(quoted, places, strict=True)
    )
