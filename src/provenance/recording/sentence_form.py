"""The short form of one recorded sentence, as JSON lines and dictionaries have it.

    {"claim": "Alekseyev has regained consciousness",
     "source": {"anonymous": "medical sources"}, "via": [{"outlet": "TASS", "part_of": "Russian state"}],
     "document": {"outlet": "CNN", "url": "https://…", "published_at": "2026-02-07"},
     "quote": "has regained consciousness", "cue": "according to", "stance": "affirm"}

Fields, of which the claim is required, and a source or a document:

- `claim`: the text, or an object: text, nature, subject, attribute, scope, value, as_of, valid, accuses. An attribute
  is its name, or once an object that says what it is: {"name", "cardinality", "temporal", "value_type"}
- `source`: who said it, a name or an object that says what it is: {"person": name}, and likewise organisation, outlet,
  document, group, role, partly_named, anonymous, unattributed; beside it part_of, speaks_for, identifier, mention,
  aliases, count, known_to_desk. Left out: the document's outlet, in its own voice
- `via`: who relayed it, in order from the source outwards; the document's outlet is added by itself
- `document`: outlet, and url, publisher_id or text; title, published_at, retrieved_at; supersedes (the version before
  it, as an object of the same fields or its id), change_note. Left out: the desk heard it
- `stance`: affirm (left out), deny, question, no_comment, silence
- `quote`, `cue`, `quote_type`, `distanced`: the words in the document, and how it puts them
- `certainty`, `basis`: the source's own; left out: certain, unstated
- `evidence`: "absent", a kind, {"kind", "item"}, or a list of these; left out: never mentioned
- `said_at`: when the source said it; left out: at publication
- `ground_rule`: on_the_record (left out), on_background, deep_background, off_the_record
- `language`: the one it was said in, as "ru"; `translated`: true where the words are given in another, and
  `translated_by`
- `occasion`: which speech event it was; left out: the document, the words and the place in the chain
- `accuses`: whom the claim blames
- `extensions`: data of your own by namespace (`values.extensions`), for the source's assertion; claim, source and
  document can have their own

A confidential value is written {"sealed": value, "public": what readers are shown}, with "level" (left out: desk), and
with "handle" where the same source or claim comes again. It may be the name or the contact of an anonymous source, a
claim's text, the quote, or a document's text. The file then is as confidential as the source.
"""

from __future__ import annotations

import json
import marshal
from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import islice
from pathlib import Path
from typing import Any, BinaryIO

from provenance.errors import InvalidValue
from provenance.recording.sources import (
    REPORTED_ABSENT,
    AnySource,
    Shown,
    claim,
    shown,
    source_from_json,
    value_from_json,
)
from provenance.values import fields, model
from provenance.values.ids import RecordId
from provenance.values.instants import When
from provenance.values.model import derived_once
from provenance.values.records import Assertion, Attribute, Claim, Document, Mention, Record

Sentence = Mapping[str, Any]


class Story(dict[str, Any]):
    """The fields of a document as a sentence states them. For the same JSON the reader gives the same object again."""


FIELDS = (
    model.plain_fields(Assertion) | model.plain_fields(Mention) - {"anchor", "parts", "places"}
) | frozenset(("claim", "source", "via", "document", "quote", "quote_at", "evidence", "accuses"))
"""The fields of a sentence: the plain fields of the source's assertion and of its mention, and those that are read in a
way of their own."""

CLAIM_FIELDS = model.plain_fields(Claim) | {"subject", "attribute", "value", "accuses"}
ATTRIBUTE_FIELDS = model.plain_fields(Attribute) - {"extensions"}
DOCUMENT_FIELDS = model.plain_fields(Document) - {"text_digest"} | {"outlet", "supersedes"}

MAX_LINE = 20_000_000
"""Characters of one JSON line: it has room for the longest text of a document, escaped."""


def sentences(source: Iterable[Sentence] | str | Path, size: int) -> Iterator[list[Sentence]]:
    """The sentences in batches of `size`, read as they are needed. A path names a file of JSON lines in UTF-8."""
    if size < 1:
        raise InvalidValue("commit_every", "less than one", "the number of sentences in one commit")
    if isinstance(source, str | Path):
        with Path(source).open("rb") as lines:
            yield from _batches(_parsed(_bounded(lines)), size)
    else:
        yield from _batches(iter(source), size)


def _batches(rows: Iterator[Sentence], size: int) -> Iterator[list[Sentence]]:
    while batch := list(islice(rows, size)):
        yield batch


def _bounded(file: BinaryIO) -> Iterator[bytes]:
    """The lines of a file. Of a line that is too long only the beginning is read, and nothing behind it."""
    longest = 4 * MAX_LINE  # bytes of a character in UTF-8
    while line := file.readline(longest + 1):
        yield line
        if len(line) > longest:
            return  # the line will be refused as too long, and what follows is the rest of it


def _parsed(lines: Iterable[bytes]) -> Iterator[Sentence]:
    filled = (line for line in lines if line.strip())
    for number, line in enumerate(filled, start=1):
        try:
            text = line.decode("utf-8")
        except UnicodeDecodeError:
            refused = InvalidValue("line", "bytes that are not UTF-8", "a file in UTF-8")
            raise refused.at_record(number) from None
        yield _object(text, number)


def _object(line: str, number: int) -> Sentence:
    if len(line) > MAX_LINE:
        raise InvalidValue("line", f"{len(line)} characters", f"at most {MAX_LINE}").at_record(number)
    try:
        value = _DECODER.decode(line)
    except InvalidValue as error:
        raise error.at_record(number) from None
    except (ValueError, RecursionError):
        raise InvalidValue("line", "text that is not JSON", "one JSON object a line").at_record(
            number
        ) from None
    if not isinstance(value, dict):
        raise InvalidValue("line", f"a {type(value).__name__}", "a JSON object").at_record(number)
    return value


def _without_repeats(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    value = dict(pairs)
    if len(value) != len(pairs):
        raise InvalidValue("line", "a field twice", "every field once")
    return value


def _refuse_constant(_: str) -> None:
    raise InvalidValue("line", "NaN or Infinity", "numbers that are finite")


_DECODER = json.JSONDecoder(object_pairs_hook=_without_repeats, parse_constant=_refuse_constant)


class Reader:
    """Reads sentences in the short form. A source, claim or document that comes again as the same JSON is read once.

    `attribute_known_as` gives the attribute that a bare name means. It is passed to every call and not held: it belongs
    to the desk, which holds the reader, and such a circle would keep a commit in memory until garbage is collected.
    """

    def __init__(self) -> None:
        self._sources: dict[bytes, AnySource] = {}
        self._claims: dict[bytes, Claim] = {}
        self._stories: dict[bytes, Story] = {}

    def arguments(self, sentence: Sentence, attribute_known_as: Callable[[str], Attribute]) -> dict[str, Any]:
        """The keyword arguments of `Desk.record` for this sentence."""
        if not isinstance(sentence, Mapping):
            raise InvalidValue("sentence", f"a {type(sentence).__name__}", "an object with at least a claim")
        _only("sentence", sentence, FIELDS)
        if "claim" not in sentence:
            raise InvalidValue("claim", "nothing", "what was said")
        found: dict[str, Any] = {name: value for name, value in sentence.items() if value is not None}
        found["claim"] = self._claim(sentence["claim"], attribute_known_as)
        if "source" in found:
            found["source"] = self._source(found["source"], "source")
        if "via" in found:
            found["via"] = [self._source(one, "via") for one in _list("via", found["via"])]
        accused = _list("accuses", found.pop("accuses", []))
        if isinstance(sentence["claim"], Mapping) and sentence["claim"].get("accuses") is not None:
            accused = accused + _list("claim.accuses", sentence["claim"]["accuses"])
        if accused:
            found["accuses"] = [self._source(one, "accuses") for one in accused]
        if "document" in found:
            found["found_in"] = self._document(found.pop("document"))
        if "evidence" in found:
            found["evidence"] = _every_evidence(found["evidence"])
        if "quote" in found:
            found["quote"] = value_from_json(found["quote"], "quote")
        _read(found, "", Assertion, Mention)
        return found

    def _source(self, value: object, field_name: str) -> AnySource:
        key = _bytes_of(value)
        known = None if key is None else self._sources.get(key)
        if known is None:
            known = source_from_json(value, field_name)
            if key is not None:
                self._sources[key] = known
        return known

    def _claim(self, value: object, attribute_known_as: Callable[[str], Attribute]) -> Claim:
        key = _bytes_of(value)
        known = None if key is None else self._claims.get(key)
        if known is None or not _is_current(known, value, attribute_known_as):
            known = _claim(value, attribute_known_as)
            if key is not None:
                self._claims[key] = known
        return known

    def _document(self, value: object) -> Document | RecordId | Story:
        if isinstance(value, Document | RecordId):
            return value
        if not isinstance(value, Mapping):
            raise InvalidValue("document", f"a {type(value).__name__}", "an object with at least its outlet")
        key = None if "text" in value else _bytes_of(value)
        known = None if key is None else self._stories.get(key)
        if known is None:
            known = self._story(value)
            if key is not None:
                self._stories[key] = known
        return known

    def _story(self, value: Mapping[str, Any]) -> Story:
        _only("document", value, DOCUMENT_FIELDS)
        given = dict(value)
        if "outlet" not in given:
            raise InvalidValue("document.outlet", "nothing", "the outlet that published it")
        given["outlet"] = self._source(given["outlet"], "document.outlet")
        _read(given, "document.", Document)
        earlier = given.get("supersedes")
        if earlier is not None:
            given["supersedes"] = RecordId(earlier) if isinstance(earlier, str) else self._document(earlier)
        return Story(given)


def _is_current(known: Claim, value: object, attribute_known_as: Callable[[str], Attribute]) -> bool:
    """Whether the claim's bare attribute still means what it meant: a sentence since then may have described it."""
    stated = value.get("attribute") if isinstance(value, Mapping) else None
    return not isinstance(stated, str) or known.attribute is attribute_known_as(stated)


def _bytes_of(value: Any) -> bytes | None:
    """Bytes that are equal only for the same JSON in the same order. None for what is no JSON, and for what is to be
    sealed, because each sealing makes a value of its own."""
    try:
        key = marshal.dumps(value, 0)  # tells 1 from True and a text from an id, and is fast
    except ValueError:
        return None
    return None if b"sealed" in key else key


def _only(name: str, value: Mapping[str, Any], allowed: frozenset[str]) -> None:
    if not value.keys() <= allowed:
        raise InvalidValue.unknown_fields(name, value, allowed)


def _list(name: str, value: object) -> list[Any]:
    if not isinstance(value, list | tuple):
        raise InvalidValue(name, f"a {type(value).__name__}", "a list")
    return list(value)


def _claim(value: object, attribute_known_as: Callable[[str], Attribute]) -> Claim:
    if isinstance(value, Claim):
        return value
    if not isinstance(value, Mapping):
        return claim(fields.text("claim", value))
    _only("claim", value, CLAIM_FIELDS)
    given = {name: one for name, one in value.items() if name != "accuses" and one is not None}
    stated = given.get("attribute")
    if isinstance(stated, Mapping):
        _only("claim.attribute", stated, ATTRIBUTE_FIELDS)
        if "name" not in stated:
            raise InvalidValue("claim.attribute.name", "nothing", "the attribute's name")
        given["attribute"] = Attribute(**stated)
    elif isinstance(stated, str):
        given["attribute"] = attribute_known_as(stated)
    if "text" not in given:
        raise InvalidValue("claim.text", "nothing", "the claim in words")
    _read(given, "claim.", Claim)
    return claim(given.pop("text"), **given)


def _read(stated: dict[str, Any], where: str, *record_types: type[Record]) -> None:
    """Converts, in `stated` itself, the fields of these types that may be sealed or hold a time.

    An error calls a field by its name behind `where`.
    """
    for name, read in _readers(*record_types).items():
        value = stated.get(name)
        if value is not None:
            stated[name] = read(value, f"{where}{name}")


@derived_once
def _readers(*record_types: type[Record]) -> dict[str, Callable[[Any, str], object]]:
    found: dict[str, Callable[[Any, str], object]] = {}
    for record_type in record_types:
        found |= dict.fromkeys(model.sealable_fields(record_type), value_from_json)
        found |= dict.fromkeys(model.fields_holding(record_type, When), _time)
    return found


def _time(value: object, name: str) -> str:
    """The text of a time: the desk reads it, for its dates are whole days in the document's zone."""
    if not isinstance(value, str):
        raise InvalidValue(name, f"a {type(value).__name__}", "a date or time as text")
    return value


def _every_evidence(value: object) -> list[Shown | str]:
    return [_evidence(one) for one in (value if isinstance(value, list) else [value])]


def _evidence(value: object) -> Shown | str:
    if value == REPORTED_ABSENT or isinstance(value, Shown):
        return value
    if isinstance(value, str):
        return shown(value)
    if not isinstance(value, Mapping):
        raise InvalidValue("evidence", f"a {type(value).__name__}", 'a kind, an object, or "absent"')
    _only("evidence", value, frozenset(("kind", "item")))
    return shown(str(value.get("kind", "unspecified")), value.get("item"))
