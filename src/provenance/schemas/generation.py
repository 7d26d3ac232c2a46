"""Makes the schemas from the fields of the records, from what these fields take, and from the rules between fields.

The limits of a field are found by trying values on its own converter. Some rules no schema can say, and the library
checks them alone: whether a reference leads to a record of the right type, whether an interval is upside down, how many
bytes a name has.
"""

from __future__ import annotations

import enum
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime
from functools import partial
from typing import Any, cast, get_args, get_origin

import attrs

from provenance import wire
from provenance.errors import InvalidValue
from provenance.recording import sentence_form, sources
from provenance.recording.sources import REPORTED_ABSENT
from provenance.values import fields, model, zones
from provenance.values.extensions import MAX_VERSION, Extensions
from provenance.values.ids import RecordId
from provenance.values.instants import MAX_PAD, MICROSECOND, When, to_microseconds
from provenance.values.quantities import MAX_WORDS_LENGTH
from provenance.values.records import (
    RECORD_TYPES,
    Agent,
    Anchor,
    Assertion,
    Attribute,
    Claim,
    Document,
    Mention,
    Record,
    Window,
)
from provenance.values.sealed import Sealed
from provenance.values.vocabulary import (
    MENTION_NAMINGS,
    AgentKind,
    EvidenceKind,
    GroundRule,
    LinkKind,
    Naming,
    Stance,
)

Schema = dict[str, Any]

DIALECT = "https://json-schema.org/draft/2020-12/schema"
ENTRY, SENTENCE = "entry", "sentence"

_NAME = "name"
_TEXT = "text"
_SAYS_SOMETHING = r"^[^\u0000]*([^\s\u0000]|\uFEFF)[^\u0000]*$"
"""Not only white space, and no NUL. The byte order mark is white space to JavaScript alone."""


def names() -> list[str]:
    """The names of all schemas."""
    return [*RECORD_TYPES, ENTRY, SENTENCE]


def generate(name: str) -> Schema:
    """The schema, complete in itself."""
    body = {ENTRY: _entry, SENTENCE: _sentence}.get(name, partial(_record, name))()
    definitions = {each: _DEFINITIONS[each]() for each in sorted(_reached(body))}
    return {"$schema": DIALECT, "title": name, **body, **({"$defs": definitions} if definitions else {})}


def _reached(body: Schema) -> set[str]:
    """The definitions that a schema refers to, and those that these refer to."""
    found: set[str] = set()
    waiting = [body]
    while waiting:
        for name in _references_in(waiting.pop()) - found:
            found.add(name)
            waiting.append(_DEFINITIONS[name]())
    return found


def _references_in(schema: Any) -> set[str]:
    if isinstance(schema, dict):
        here = {schema["$ref"].removeprefix("#/$defs/")} if "$ref" in schema else set()
        return here.union(*map(_references_in, schema.values()))
    return set().union(*map(_references_in, schema)) if isinstance(schema, list) else set()


# Parts ------------------------------------------------------------------------------------------------------------


def _ref(name: str) -> Schema:
    return {"$ref": f"#/$defs/{name}"}


def _object(properties: Schema, required: list[str] | None = None, **more: Any) -> Schema:
    stated: Schema = {"type": "object", "properties": properties, "additionalProperties": False}
    return {**stated, **({"required": required} if required else {}), **more}


def _words(longest: int) -> Schema:
    return {"type": "string", "minLength": 1, "maxLength": longest, "pattern": _SAYS_SOMETHING}


def _choice(options: Any) -> Schema:
    return {"enum": [option.value for option in options]}


def _time() -> Schema:
    last_moment = datetime(9999, 12, 31, 23, 59, 59, 999_999, tzinfo=UTC)
    first, last = map(to_microseconds, (datetime(1, 1, 1, tzinfo=UTC), last_moment))
    moment = {"type": "integer", "minimum": first, "maximum": last}
    pad = {"type": "integer", "minimum": 0, "maximum": MAX_PAD // MICROSECOND}
    words = _words(MAX_WORDS_LENGTH)
    return _object({"earliest": moment, "latest": moment, "pad": pad, "words": words, "edtf": words})


def _quantity() -> Schema:
    number = {"type": "string", "pattern": r"^-?[0-9]{1,46}(\.[0-9]{1,44})?$"}
    pad = {"type": "string", "pattern": r"^[0-9]{1,46}(\.[0-9]{1,44})?$"}
    return _object({"lo": number, "hi": number, "pad": pad, "words": _words(MAX_WORDS_LENGTH)})


def _sealed() -> Schema:
    stated = {
        "sealed": {"type": "string", "pattern": "^[0-9a-f]{32}$"},
        "level": _ref(_NAME),
        "commitment": {"type": "string", "pattern": "^[0-9a-f]{64}$"},
        "public": _ref(_TEXT),
    }
    return _object(stated, ["sealed", "level", "commitment"])


def _extensions() -> Schema:
    version = {"type": "integer", "minimum": 1, "maximum": MAX_VERSION}
    attached = {"type": "object", "required": ["version"], "properties": {"version": version}}
    return {
        "type": "object",
        "propertyNames": {
            "pattern": r"^(x-[a-z0-9_-]+|[a-z][a-z0-9-]*(?=\.))(\.[a-z0-9_-]+)*$",
            "maxLength": 100,
        },
        "additionalProperties": {**attached, "additionalProperties": _ref("json")},
    }


def _json() -> Schema:
    """Any value that canonical JSON can hold: a number with a fraction is text there."""
    names = {"pattern": r"^[\u0000-\u007F]*$"}
    largest = 2**53 - 1
    return {
        "anyOf": [
            {"type": ["string", "boolean", "null"]},
            {"type": "integer", "minimum": -largest, "maximum": largest},
            {"type": "array", "items": _ref("json")},
            {"type": "object", "propertyNames": names, "additionalProperties": _ref("json")},
        ]
    }


_SHARED: dict[str, Callable[[], Schema]] = {
    _NAME: lambda: _words(fields.MAX_NAME),
    _TEXT: lambda: _words(fields.MAX_TEXT),
    "id": lambda: {
        "description": "SHA-256 in hexadecimal; of a record, its id",
        "type": "string",
        "pattern": "^[0-9a-f]{64}$",
    },
    "reference": lambda: {
        "description": "the id of a record, or the place from 0 of an earlier one of the same entry",
        "anyOf": [_ref("id"), {"type": "integer", "minimum": 0}],
    },
    "time": _time,
    "quantity": _quantity,
    "sealed": _sealed,
    "language": lambda: {
        "description": "a language tag of BCP 47",
        "type": "string",
        "maxLength": fields.MAX_LANGUAGE,
        "pattern": "^[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*$",
    },
    "zone": lambda: {"description": "an offset from UTC", "type": "string", "pattern": zones.PATTERN},
    "extensions": _extensions,
    "json": _json,
    "window": lambda: _value(Window, anyOf=[{"required": ["lo"]}, {"required": ["hi"]}]),
    "anchor": lambda: _value(Anchor, **_ANCHOR_RULES),
}


# Records ----------------------------------------------------------------------------------------------------------


def _record(name: str) -> Schema:
    record_type = RECORD_TYPES[name]
    form = {"record": {"const": wire.VERSIONS[name].form}}
    schema = _value(record_type, before=form, **_RULES.get(name, {}))
    if record_type is Document:  # its own text lies beside the entry
        schema["properties"]["text"] = _ref("sealed")
    if record_type is Claim:
        stated = [_object({name: _ref(name)}, [name]) for name in ("quantity", "time")]
        schema["properties"]["value"] = {"anyOf": [_ref("reference"), *stated]}
    return schema


def _value(kind: type, *, before: Schema | None = None, **rules: Any) -> Schema:
    stated = model.attributes_of(kind)
    properties = {
        field.name: _field(field, _KINDS) for field in stated if (kind, field.name) not in _OWN_FORM
    }
    required = [field.name for field in stated if field.default is attrs.NOTHING]
    first = before or {}
    return _object({**first, **properties}, [*first, *required], **rules)


_OWN_FORM = {(Document, "text"), (Claim, "value")}
"""Fields whose form in entries does not follow from their type."""


def _field(field: attrs.Attribute[Any], forms: Mapping[Any, Schema]) -> Schema:
    """The schema of what the field takes. `forms` has the types that entries and sentences write differently."""
    options = [_of_kind(kind, field, forms) for kind in model.kinds_of(field.type)]
    unique = [option for place, option in enumerate(options) if option not in options[:place]]
    return unique[0] if len(unique) == 1 else {"anyOf": unique}


def _of_kind(kind: Any, field: attrs.Attribute[Any], forms: Mapping[Any, Schema]) -> Schema:
    if get_origin(kind) is tuple:
        return {"type": "array", "items": _of_kind(model.kinds_of(get_args(kind)[0])[0], field, forms)}
    if kind is str:
        return _ref(next(name for name, words in _PROBES.items() if _takes(field, words)))
    if kind is int:
        return _whole_number(field)
    if isinstance(kind, type) and issubclass(kind, enum.Enum):
        return _choice(kind)
    return forms[kind]


def _whole_number(field: attrs.Attribute[Any]) -> Schema:
    limit = {} if _takes(field, fields.MAX_COUNT + 1) else {"maximum": fields.MAX_COUNT}
    return {"type": "integer", "minimum": 0 if _takes(field, 0) else 1, **limit}


def _takes(field: attrs.Attribute[Any], value: object) -> bool:
    """Whether the field's own converter lets the value pass, also as the only one of a list."""
    convert = cast("Callable[[Any], Any]", field.converter)
    for given in (value, [value]):
        try:
            convert(given)
        except InvalidValue:
            continue
        return True
    return False


_KINDS: dict[Any, Schema] = {
    bool: {"type": "boolean"},
    Record: _ref("reference"),
    RecordId: _ref("reference"),
    Sealed: _ref("sealed"),
    When: _ref("time"),
    Window: _ref("window"),
    Anchor: _ref("anchor"),
    Extensions: _ref("extensions"),
}
_PROBES = {
    _TEXT: "a" * (fields.MAX_NAME + 1),
    _NAME: "a",
    "id": "0" * 64,
    "language": "ru",
    "zone": "+03:00",
}
"""Definitions of texts, the widest first, each with a text that no narrower definition takes."""


def _entry() -> Schema:
    records = {"type": "array", "minItems": 1, "items": {"oneOf": [_ref(name) for name in RECORD_TYPES]}}
    return _object({"entry": {"const": wire.ENTRY.form}, "records": records}, ["entry", "records"])


# Rules between fields ---------------------------------------------------------------------------------------------


def _if(condition: Schema, then: Schema) -> Schema:
    return {"if": condition, "then": then}


def _is(field: str, *options: enum.Enum, default: enum.Enum | None = None) -> Schema:
    """That the field is one of these words. Where the default is among them, the field may also be left out."""
    stated = {"properties": {field: _choice(options)}}
    return stated if default in options else {**stated, "required": [field]}


def _only_of(field: str, *names: str) -> Schema:
    """The rule that the fields `names` stand only beside `field`."""
    return {name: [field] for name in names}


_PLAIN = {"type": "string"}
_ANCHOR_RULES: Schema = {
    "dependentRequired": {"start": ["end"], "end": ["start"]},
    **_if(
        {"properties": {"exact": {"type": "object"}}},
        {"properties": dict.fromkeys(("prefix", "suffix", "start", "end"), False)},
    ),
}
_TRANSLATED: Schema = {"properties": {"translated": {"const": True}}}
_RULES: dict[str, Schema] = {
    "agent": {
        "allOf": [
            {
                **_if(
                    _is("naming", *sorted(MENTION_NAMINGS)),
                    {"anyOf": [{"required": [name]} for name in ("mention", "name", "description")]},
                ),
                "else": {"required": ["name"], "properties": {"name": _PLAIN}},
            },
            _if(
                _is("naming", Naming.ANONYMOUS, Naming.UNATTRIBUTED),
                {"properties": {"name": {"type": "object"}}},
            ),
            _if(_is("naming", Naming.ROLE), {"required": ["speaks_for"]}),
            _if(
                {"properties": {"known_to_desk": {"const": True}}, "required": ["known_to_desk"]},
                _is("naming", Naming.ANONYMOUS, Naming.PARTIAL),
            ),
        ]
    },
    "document": {"anyOf": [{"required": [name]} for name in ("url", "publisher_id", "text", "text_digest")]},
    "assertion": {
        "dependentSchemas": {
            "translated_by": {**_TRANSLATED, "required": ["translated"]},
            "embargo_until": {"properties": {"embargo_until": {"required": ["latest"]}}},
        },
        **_if(_is("ground_rule", GroundRule.EMBARGO), {"required": ["embargo_until"]}),
    },
    "mention": {
        "dependentSchemas": {
            "translated_by": {**_TRANSLATED, "required": ["translated"]},
            "parts": {"required": ["anchor"], "properties": {"parts": {"minItems": 2}}},
            "places": {"required": ["anchor"], "properties": {"anchor": {"not": {"required": ["start"]}}}},
        },
    },
    "redefinition": {
        "anyOf": [{"required": [name]} for name in ("cardinality", "temporal", "value_type")],
    },
    "claim": {
        "dependentRequired": {
            "subject": ["attribute"],
            "attribute": ["subject"],
            **_only_of("subject", "scope", "value", "as_of", "valid"),
        }
    },
    "link": _if({"required": ["valid"]}, _is("kind", LinkKind.CONTROL_GROUP, LinkKind.SPEAKS_FOR)),
}


# Sentences --------------------------------------------------------------------------------------------------------


def _optional(schema: Schema) -> Schema:
    """The schema, or null, which says as little as a field that is left out."""
    return {"anyOf": [schema, {"type": "null"}]}


def _stated(names: Iterable[str], record_types: Iterable[type], own: Schema) -> Schema:
    """The properties of a sentence for these fields of the records: those in `own`, otherwise those of their types."""
    fields = {field.name: field for kind in record_types for field in model.attributes_of(kind)}
    return {name: own[name] if name in own else _optional(_field(fields[name], _HERE)) for name in names}


def _sentence() -> Schema:
    own: Schema = {
        "claim": {"anyOf": [_ref(_TEXT), _claim()]},
        "source": _optional(_ref("source")),
        "via": _optional(_list_of(_ref("source"))),
        "document": _optional(_ref("document_here")),
        "stance": _optional(_choice(stance for stance in Stance if stance is not Stance.RELAY)),
        "quote": _optional(_sealable(_ref(_TEXT))),
        "evidence": _optional({"anyOf": [_ref("evidence_shown"), _list_of(_ref("evidence_shown"))]}),
        "quote_at": _optional({"type": "integer", "minimum": 0}),
        "accuses": _optional(_list_of(_ref("source"))),
    }
    properties = _stated(sorted(sentence_form.FIELDS), (Assertion, Mention), own)
    either = [{"required": [name], "properties": {name: _SOMETHING}} for name in ("source", "document")]
    return _object(properties, ["claim"], anyOf=either)


_SOMETHING: Schema = {"not": {"type": "null"}}


def _list_of(items: Schema) -> Schema:
    return {"type": "array", "items": items}


def _sealable(plain: Schema) -> Schema:
    return {"anyOf": [plain, _ref("sealed_here")]}


def _sealed_here() -> Schema:
    stated = {
        "sealed": _words(fields.MAX_DOCUMENT),
        "public": _optional(_ref(_TEXT)),
        "level": _ref(_NAME),
        "handle": _optional({"type": "string", "pattern": "^[0-9a-f]{32}$"}),
    }
    return _object(stated, ["sealed"])


def _claim() -> Schema:
    described = [name for name in model.fields_of(Attribute) if name in sentence_form.ATTRIBUTE_FIELDS]
    attribute = _object(_stated(described, [Attribute], {"name": _ref(_NAME)}), ["name"])
    own: Schema = {
        "text": _sealable(_ref(_TEXT)),
        "subject": _optional(_ref(_NAME)),
        "attribute": _optional({"anyOf": [_ref(_NAME), attribute]}),
        "value": {"type": ["string", "number", "null"]},
        "accuses": _optional(_list_of(_ref("source"))),
    }
    names = [name for name in model.fields_of(Claim) if name in sentence_form.CLAIM_FIELDS]
    return _object(_stated(names, [Claim], own), ["text"])


def _window_here() -> Schema:
    end = _optional(_TIME_HERE)
    return {"anyOf": [_TIME_HERE, {"type": "array", "items": end, "minItems": 2, "maxItems": 2}]}


_TIME_HERE: Schema = {"type": "string"}
_HERE: dict[Any, Schema] = {
    bool: _KINDS[bool],
    Extensions: _KINDS[Extensions],
    Sealed: _ref("sealed_here"),
    When: _TIME_HERE,
    Window: _window_here(),
}
"""The schemas of these types as sentences write them."""


def _document() -> Schema:
    own: Schema = {
        "outlet": _ref("source"),
        "text": _optional(_sealable(_words(fields.MAX_DOCUMENT))),
        "supersedes": _optional({"anyOf": [_ref("id"), _ref("document_here")]}),
    }
    words = model.fields_holding(Document, str)
    order = dict.fromkeys(
        ("outlet", "text", *words, *model.fields_of(Document))
    )  # as the published file has them
    names = [name for name in order if name in sentence_form.DOCUMENT_FIELDS]
    known = [
        {"required": [name], "properties": {name: _SOMETHING}} for name in ("url", "publisher_id", "text")
    ]
    return _object(_stated(names, [Document], own), ["outlet"], anyOf=known)


def _source() -> Schema:
    """A bare name, or an object with exactly one of the words that say what it is."""
    return {"anyOf": [_ref(_NAME), *map(_source_called, sources.SHORT_FORMS)]}


def _source_called(word: str) -> Schema:
    is_unnamed = word in ("anonymous", "partly_named")
    own: Schema = {
        "speaks_for": _ref("source") if word == "role" else _optional(_ref("source")),
        "part_of": _optional(_ref("source")),
        "known_to_desk": _optional({"type": "boolean"} if is_unnamed else {"const": False}),
    }
    named = [field.name for field in attrs.fields(sources.Source) if field.name not in _SAID_BY_WORD]
    stated = {word: _sealable(_ref(_NAME)) if is_unnamed else _ref(_NAME), **_stated(named, [Agent], own)}
    if word == "anonymous":
        stated[word] = _sealable(_ref(_TEXT))
        stated |= {"name": _optional(_ref("sealed_here")), "kind": _choice(AgentKind)}
    if word == "unattributed":
        stated[word] = _ref(_TEXT)
    return _object(stated, [word, "speaks_for"] if word == "role" else [word])


_SAID_BY_WORD = ("kind", "naming", "name", "description")
"""Fields of a source that follow from the word for its kind, such as "anonymous"."""


def _evidence() -> Schema:
    stated = {"kind": _choice(EvidenceKind), "item": _optional(_ref(_NAME))}
    return {"anyOf": [{"const": REPORTED_ABSENT}, _choice(EvidenceKind), _object(stated)]}


_DEFINITIONS: dict[str, Callable[[], Schema]] = {
    **_SHARED,
    **{name: partial(_record, name) for name in RECORD_TYPES},
    "sealed_here": _sealed_here,
    "source": _source,
    "document_here": _document,
    "evidence_shown": _evidence,
}
