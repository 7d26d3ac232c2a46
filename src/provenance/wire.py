"""Records to canonical JSON and back: the form in which the log keeps them.

- A record is an object with `record` (its type and the schema version, as "claim/1") and its stated fields; a field
  that holds its default is left out.
- A reference is the id of a record or, where the record stands earlier in the same entry, its place there (from 0).
- A time is {"earliest", "latest"} in microseconds since 1970 UTC, and a quantity {"lo", "hi"} as decimal text. An open
  end is left out. Both have "pad" and the original "words" where there are any.
- A claim's value is a reference, {"quantity": …} or {"time": …}.
- The text of a document is never in its entry; the digest of the text is.
- `extensions` is {namespace: {"version", …}}, kept as it was given.
- A sealed value is {"sealed": its handle, "level", "commitment", "public"}; the value itself is never in an entry.
- An entry is {"entry": "records/1", "records": [record, …]}. An entry "copied/1" holds no records: it says from where
  the other entries of its commit were copied (`log.copies`).

The library writes the newest version of each form, and reads every version so far by the steps of `values.evolution`.
It refuses unknown fields and coerces nothing. A type or a version of a newer release raises `NewerThanLibrary`.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import timedelta
from decimal import Decimal
from enum import StrEnum
from functools import cache
from typing import Any, cast, get_args, get_origin

import attrs
import cattrs
from cattrs.errors import ForbiddenExtraKeysError
from cattrs.gen import make_dict_structure_fn, make_dict_unstructure_fn, override

from provenance.errors import InvalidValue, NewerThanLibrary, ProvenanceError
from provenance.values import model
from provenance.values.evolution import Fields, Step, Versions, check_older, parsed_form, said_more
from provenance.values.extensions import Extensions, extensions_of
from provenance.values.ids import RecordId, canonical_json
from provenance.values.instants import When, from_microseconds, to_microseconds
from provenance.values.quantities import Quantity, decimal_text
from provenance.values.records import (
    RECORD_TYPES,
    Anchor,
    Attribute,
    Document,
    Mention,
    Record,
    Reference,
    Value,
    Window,
)
from provenance.values.sealed import Sealed

ENTRY = Versions("records")
COPY = Versions("copied")
_STEPS: dict[tuple[str, int], Step] = {("amendment", 3): said_more, ("link", 3): said_more}
"""The steps that do more than add fields, by the type of record and the version to which they lead; and those to a
version that adds no field, but a word that an earlier release cannot read: "debunked", "joint_act"."""


def _versions_of(name: str, record_type: type[Record]) -> Versions:
    """All versions up to the newest that a field came with, or that a step of `_STEPS` leads to."""
    stepped_to = [version for each, version in _STEPS if each == name]
    newest = max([model.newest_version(record_type), *stepped_to])
    return Versions(name, tuple(_STEPS.get((name, later), said_more) for later in range(2, newest + 1)))


VERSIONS: dict[str, Versions] = {name: _versions_of(name, kind) for name, kind in RECORD_TYPES.items()}
"""The versions of each type of record. A new one needs a new revision of the tables (`revisions.READABLE`)."""

_TYPE_OF_FORM = {versions.form: name for name, versions in VERSIONS.items()}
_MICROSECOND = timedelta(microseconds=1)


def _strict(kind: type) -> Any:
    def check(value: object, _: object) -> object:
        if type(value) is not kind:
            raise InvalidValue("JSON", f"a {type(value).__name__}", f"a {kind.__name__}")
        return value

    return check


def _reference_id(value: Reference) -> str:
    return str(value.id)


def _stated(**fields: object) -> dict[str, object]:
    return {name: value for name, value in fields.items() if value is not None}


def _from_when(value: When) -> dict[str, object]:
    return _stated(
        earliest=None if value.earliest is None else to_microseconds(value.earliest),
        latest=None if value.latest is None else to_microseconds(value.latest),
        pad=value.pad // _MICROSECOND or None,
        words=value.words,
        edtf=value.edtf,
    )


def _to_when(value: Any, _: object) -> When:
    known = _only(value, "earliest", "latest", "pad", "words", "edtf")
    earliest, latest = known["earliest"], known["latest"]
    return When(
        None if earliest is None else from_microseconds(earliest),
        None if latest is None else from_microseconds(latest),
        pad=(known["pad"] or 0) * _MICROSECOND,
        words=known["words"],
        edtf=known["edtf"],
    )


def _from_quantity(value: Quantity) -> dict[str, object]:
    return _stated(
        lo=None if value.lo is None else decimal_text(value.lo),
        hi=None if value.hi is None else decimal_text(value.hi),
        pad=decimal_text(value.pad) if value.pad else None,
        words=value.words,
    )


def _to_quantity(value: Any, _: object) -> Quantity:
    known = _only(value, "lo", "hi", "pad", "words")
    lo, hi, pad = (None if known[name] is None else Decimal(known[name]) for name in ("lo", "hi", "pad"))
    return Quantity(lo, hi, pad=pad or Decimal(0), words=known["words"])


def _only(value: Any, *names: str) -> dict[str, Any]:
    """The object's fields by name, None where left out, no others allowed."""
    if not isinstance(value, dict) or not value.keys() <= set(names):
        raise InvalidValue("JSON", "other fields", "an object with " + ", ".join(names))
    return {name: value.get(name) for name in names}


def _from_value(value: Value | RecordId | None) -> object:
    if value is None:
        return None
    if isinstance(value, Quantity):
        return {"quantity": _from_quantity(value)}
    if isinstance(value, When):
        return {"time": _from_when(value)}
    return _reference_id(value)


def _to_value(value: Any, _: object) -> Value | RecordId:
    if isinstance(value, str):
        return RecordId(value)
    known = _only(value, "quantity", "time")
    return (
        _to_when(known["time"], When)
        if known["time"] is not None
        else _to_quantity(known["quantity"], Quantity)
    )


def _from_sealed(value: Sealed) -> dict[str, object]:
    return _stated(sealed=value.handle, level=value.level, commitment=value.commitment, public=value.public)


def _from_sealable(value: str | Sealed | None) -> object:
    return _from_sealed(value) if isinstance(value, Sealed) else value


def _to_sealable(value: Any, _: object) -> str | Sealed | None:
    if value is None or type(value) is str:
        return value
    known = _only(value, "sealed", "level", "commitment", "public")
    if not all(type(known[name]) is str for name in ("sealed", "level", "commitment")):
        raise InvalidValue("JSON", "half of a sealed value", "sealed, level and commitment")
    return Sealed(
        handle=known["sealed"], level=known["level"], commitment=known["commitment"], public=known["public"]
    )


def _is_tuple(kind: object) -> bool:
    return get_origin(kind) is tuple


def _list_hook(kind: Any, converter: cattrs.Converter) -> Any:
    """Takes lists only, because a text would be taken letter by letter."""
    member = get_args(kind)[0]

    def convert(value: object, _: object) -> tuple[Any, ...]:
        return tuple(converter.structure(one, member) for one in _strict(list)(value, None))

    return convert


def _is(kind: object) -> Any:
    return lambda other: other == kind


@cache
def _converter() -> cattrs.Converter:
    """The one converter between records and JSON objects."""
    converter = cattrs.Converter(forbid_extra_keys=True, omit_if_default=True, detailed_validation=False)
    for kind in (str, bool, int):
        converter.register_structure_hook(kind, _strict(kind))
    for reference in (Reference, Reference | None):
        converter.register_structure_hook_func(_is(reference), lambda value, _: value and RecordId(value))
        converter.register_unstructure_hook_func(_is(reference), lambda value: value and _reference_id(value))
    converter.register_unstructure_hook(When, _from_when)
    converter.register_structure_hook(When, _to_when)
    converter.register_structure_hook_factory(_is_tuple, _list_hook)
    converter.register_structure_hook_func(_is(Value | RecordId | None), _to_optional_value)
    converter.register_unstructure_hook_func(_is(Value | RecordId | None), _from_value)
    for sealable in (str | Sealed, str | Sealed | None, Sealed | None):
        converter.register_structure_hook_func(_is(sealable), _to_sealable)
        converter.register_unstructure_hook_func(_is(sealable), _from_sealable)
    converter.register_unstructure_hook_func(_is(Extensions | None), lambda value: value and dict(value))
    converter.register_structure_hook_func(
        _is(Extensions | None), lambda value, _: extensions_of("extensions")(value)
    )
    converter.register_unstructure_hook(StrEnum, lambda value: value.value)
    for record_type in (*RECORD_TYPES.values(), Anchor, Window):
        omitted = {"text": override(omit=True)} if record_type is Document else {}
        attrs.resolve_types(record_type)
        converter.register_unstructure_hook(
            record_type,
            make_dict_unstructure_fn(record_type, converter, _cattrs_omit_if_default=True, **omitted),  # type: ignore[arg-type]
        )
        converter.register_structure_hook(
            record_type,
            make_dict_structure_fn(record_type, converter, _cattrs_forbid_extra_keys=True),
        )
    return converter


def _to_optional_value(value: Any, kind: object) -> Value | RecordId | None:
    return None if value is None else _to_value(value, kind)


@cache
def _fields_of(record_type: str) -> Callable[[Record], dict[str, Any]]:
    return _converter().get_unstructure_hook(RECORD_TYPES[record_type])


def _with_references(record_type: str, fields: dict[str, Any], replaced: Any) -> None:
    """Puts `replaced(reference)` in the place of every reference among the fields."""
    kind = RECORD_TYPES[record_type]
    lists = model.list_fields(kind)
    for name in model.reference_fields(kind):
        held = fields.get(name)
        if name in lists:
            if isinstance(held, list):
                fields[name] = [replaced(reference) for reference in held]
        elif isinstance(held, str | int):
            fields[name] = replaced(held)


def to_json(record: Record, places: Mapping[str, int] | None = None) -> dict[str, Any]:
    """The record as a JSON object, in which a place stands for each reference to an id in `places`."""
    fields: dict[str, Any] = _fields_of(record.TYPE)(record)
    if isinstance(record, Document) and isinstance(record.text, Sealed):
        fields["text"] = _from_sealed(record.text)
    if places:
        _with_references(record.TYPE, fields, lambda reference: places.get(reference, reference))
    fields["record"] = VERSIONS[record.TYPE].form
    return fields


def in_newest_form(value: Mapping[str, Any]) -> Fields:
    """The JSON object of a record as the newest version of its type has it."""
    if not isinstance(value, Mapping):
        raise InvalidValue("record", f"a {type(value).__name__}", "a JSON object")
    fields = dict(value)
    form = fields.get("record")
    if isinstance(form, str) and form in _TYPE_OF_FORM:
        return fields
    record_type, version = parsed_form(fields.pop("record", None), "record")
    versions = VERSIONS.get(record_type)
    if versions is None:
        raise NewerThanLibrary(f"{record_type}/{version}", None)
    for later in range(version + 1, versions.newest + 1):
        added = model.added_in(RECORD_TYPES[record_type], later)
        check_older(fields, added, f"{record_type}/{version}")
    return {**versions.upcast(fields, version), "record": versions.form}


def in_older_form(body: bytes, newest: Mapping[str, int]) -> bytes:
    """A record's canonical JSON, with a version of its form no later than `newest` has for its type.

    Only the number changes: the record must have no field that came with a later version.
    """
    fields = json.loads(body)
    record_type, version = parsed_form(fields["record"], "record")
    return canonical_json({**fields, "record": f"{record_type}/{min(version, newest[record_type])}"})


def from_json(value: Mapping[str, Any], earlier: list[RecordId] | None = None) -> Record:
    """The record in a JSON object of any version so far. `earlier` has the ids of the entry's records before it."""
    fields = in_newest_form(value)
    record_type = _TYPE_OF_FORM[fields.pop("record")]
    ids = earlier or []

    def referred(reference: Any) -> Any:
        if type(reference) is int:
            if not 0 <= reference < len(ids):
                raise InvalidValue("record", "a place outside of the entry", "the place of an earlier record")
            return ids[reference]
        return reference

    if record_type == Document.TYPE and isinstance(fields.get("text"), str):
        raise InvalidValue("document.text", "plain text", "its digest, or a sealed value")
    try:
        _with_references(record_type, fields, referred)
        record: Record = _converter().structure(fields, RECORD_TYPES[record_type])
    except ProvenanceError:
        raise
    except ForbiddenExtraKeysError as error:
        known = {field.name for field in attrs.fields(cast("type[attrs.AttrsInstance]", error.cl))}
        raise InvalidValue.unknown_fields(record_type, error.extra_fields, known) from None
    except Exception as error:  # noqa: BLE001 - whatever a converter stumbles over is bad input
        raise InvalidValue(
            record_type, f"fields that do not fit ({type(error).__name__})", "its fields"
        ) from None
    return record


def sealed_fields_of(record: Record) -> dict[str, Sealed]:
    """The sealed values of the record, by field. That of a mention's quotation is called "quote"."""
    found: dict[str, Sealed] = {}
    for name in model.sealable_fields(type(record)):
        value = getattr(record, name)
        if isinstance(value, Sealed):
            found[name] = value
    if isinstance(record, Mention) and record.anchor is not None and isinstance(record.anchor.exact, Sealed):
        found["quote"] = record.anchor.exact
    return found


def seals_of(record: Record) -> Iterable[Sealed]:
    return sealed_fields_of(record).values()


def resalted(record: Record, salts: Mapping[str, bytes]) -> Record:
    """The record with commitments made anew, with these salts, for its sealed values. `salts` is by handle."""
    changed: dict[str, Any] = {
        name: seal.salted(salts[seal.handle])
        for name, seal in sealed_fields_of(record).items()
        if seal.handle in salts
    }
    if "quote" in changed:
        changed["anchor"] = attrs.evolve(record.anchor, exact=changed.pop("quote"))  # type: ignore[attr-defined]
    return cast("Record", attrs.evolve(cast("Any", record), **changed)) if changed else record


def encode_entry(records: Iterable[Record]) -> bytes:
    """The canonical bytes of one entry."""
    places: dict[str, int] = {}
    encoded = []
    for place, record in enumerate(records):
        encoded.append(to_json(record, places))
        places[record.id] = place
    return canonical_json({"entry": ENTRY.form, "records": encoded})


def decode_entry(body: bytes) -> list[Record]:
    """The records of an entry, in its order.

    Raises `NewerThanLibrary` if one of them is of a newer release, for the records behind it may refer to its place.
    """
    return list(decoded(body))


def decoded(body: bytes) -> Iterator[Record]:
    """The records of an entry one by one, for callers who need only the first ones."""
    ids: list[RecordId] = []
    for value in _listed(body):
        record = from_json(value, ids)
        ids.append(record.id)
        yield record


def _parsed(body: bytes) -> Fields:
    try:
        stated = json.loads(body)
    except (ValueError, RecursionError):
        stated = None
    if not isinstance(stated, dict):
        raise InvalidValue("entry", "bytes that are no JSON object", "an entry of a ledger")
    return stated


def _listed(body: bytes) -> list[Fields]:
    """The JSON objects of an entry's records."""
    stated = _parsed(body)
    form, version = parsed_form(stated.pop("entry", None), "entry")
    if form == COPY.name:
        COPY.upcast(stated, version)
        return []
    if form != ENTRY.name:
        raise NewerThanLibrary(f"{form}/{version}", None)
    records = ENTRY.upcast(stated, version).get("records")
    if not isinstance(records, list) or not all(isinstance(value, dict) for value in records):
        raise InvalidValue("entry.records", "something else", "the list of its records")
    return records


def forms_of(body: bytes) -> tuple[str, ...]:
    """The forms of an entry and of its records, each once, as ("records/1", "claim/1", …).

    The library need not be able to read them.
    """
    stated = _parsed(body)
    records = stated.get("records")
    objects = (
        [stated, *(value for value in records if isinstance(value, dict))]
        if isinstance(records, list)
        else [stated]
    )
    named = (value.get("entry" if value is stated else "record") for value in objects)
    return tuple(dict.fromkeys(form for form in named if isinstance(form, str)))


def is_later(stated: Any, before: Any) -> bool:
    """Whether a time in its JSON form ends later than the one stated before; an open end is later than any."""
    if stated is None or before is None:
        return False
    ends = [float("inf") if each.get("latest") is None else each["latest"] for each in (stated, before)]
    return ends[0] > ends[1]


def merged_description(before: Fields, stated: Fields) -> Fields:
    """The fields of a record after a later statement of it. All are in the newest form.

    A field that is stated replaces the one before, and so does a stated namespace among the extensions. What an
    attribute is stays as it was stated first, and a publication never moves to a later time. Where the words are said
    to be no translation, the translator goes too.
    """
    record_type = RECORD_TYPES[_TYPE_OF_FORM[before["record"]]]
    own = stated if model.descriptive_fields(record_type) > {"extensions"} else {}
    if record_type is Attribute:
        own = {name: value for name, value in own.items() if name not in before}
    if record_type is Document and is_later(own.get("published_at"), before.get("published_at")):
        own = {name: value for name, value in own.items() if name != "published_at"}
    extensions = {**before.get("extensions", {}), **stated.get("extensions", {})}
    after = {**before, **own, **({"extensions": extensions} if extensions else {})}
    if after.get("translated") is False:
        after.pop("translated_by", None)
    return after
