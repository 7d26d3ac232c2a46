"""What fields may hold: converters and validators shared by the records."""

from __future__ import annotations

import enum
import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any, TypeVar

from provenance.errors import InvalidValue
from provenance.values.ids import folded

MAX_NAME = 1_000
"""Characters of a name, cue, scope or identifier: longer than any real one."""

MAX_NAME_BYTES = 2_600
"""Bytes of such a text in UTF-8, as it is and with its case folded: a row of a PostgreSQL index holds 2,704, overhead
included."""

MAX_TEXT = 100_000
"""Characters of a claim, quotation or description: as long as a long speech. What is longer is a document."""

MAX_DOCUMENT = 10_000_000
"""Characters of a document's text: ten times a long novel, and still held in memory at ease."""

MAX_COUNT = 10_000_000
"""People behind one anonymous source. More than a crowd that a reporter can have counted."""

MAX_LANGUAGE = 100
"""Characters of a language tag: RFC 5646 asks for room for at least 35, and sets no maximum."""

_LANGUAGE = re.compile(
    r"([a-z]{2,3}(-[a-z]{3}){0,3}|[a-z]{4,8})"  # language, with extended languages
    r"(-[a-z]{4})?(-([a-z]{2}|[0-9]{3}))?"  # script, region
    r"(-([a-z0-9]{5,8}|[0-9][a-z0-9]{3}))*"  # variants
    r"(-[0-9a-wy-z](-[a-z0-9]{2,8})+)*(-x(-[a-z0-9]{1,8})+)?\Z",  # extensions, private use
    re.IGNORECASE | re.ASCII,
)
_DIGEST = re.compile(r"[0-9a-f]{64}\Z")

_E = TypeVar("_E", bound=enum.Enum)


def text(field: str, value: object, *, longest: int = MAX_TEXT) -> str:
    """The value, if it is text that is not blank and that both databases can store."""
    if not isinstance(value, str):
        raise InvalidValue(field, f"a {type(value).__name__}", "text (str)")
    if not value.strip():
        raise InvalidValue(field, "an empty text", "the words themselves, or leave the field out")
    if len(value) > longest:
        raise InvalidValue(field, f"{len(value)} characters", f"at most {longest}")
    if "\x00" in value:
        raise InvalidValue(field, "a NUL character", "text without NUL, which databases cannot hold")
    if not value.isascii():
        _refuse_surrogates(field, value)
        if longest <= MAX_NAME:
            _refuse_too_many_bytes(field, value)
    return value


def _refuse_surrogates(field: str, value: str) -> None:
    try:
        value.encode("utf-8")
    except UnicodeEncodeError:
        raise InvalidValue(field, "a lone surrogate", "text that is valid Unicode") from None


def _refuse_too_many_bytes(field: str, value: str) -> None:
    size = max(len(text.encode("utf-8")) for text in (value, folded(value).casefold()))
    if size > MAX_NAME_BYTES:
        raise InvalidValue(field, f"{size} bytes in UTF-8", f"at most {MAX_NAME_BYTES}")


def name(field: str) -> Callable[[Any], str]:
    return lambda value: text(field, value, longest=MAX_NAME)


def optional_name(field: str) -> Callable[[Any], str | None]:
    return lambda value: None if value is None else text(field, value, longest=MAX_NAME)


def optional_text(field: str, longest: int = MAX_TEXT) -> Callable[[Any], str | None]:
    return lambda value: None if value is None else text(field, value, longest=longest)


def optional_digest(field: str) -> Callable[[Any], str | None]:
    def convert(value: object) -> str | None:
        if value is not None and not (isinstance(value, str) and _DIGEST.match(value)):
            raise InvalidValue(field, "something else", "the 64 hexadecimal digits of a SHA-256 digest")
        return value

    return convert


def optional_names(field: str) -> Callable[[Any], tuple[str, ...] | None]:
    def convert(values: Iterable[object] | None) -> tuple[str, ...] | None:
        if values is None:
            return None
        return tuple(text(field, value, longest=MAX_NAME) for value in listed(field, values, of="texts"))

    return convert


def optional_language(field: str) -> Callable[[Any], str | None]:
    """Converts a language tag of BCP 47 to the letter case of RFC 5646, such as "sr-Latn-RS". The tag has to be
    well-formed; whether it is registered is not looked up."""

    def convert(value: object) -> str | None:
        if value is None:
            return None
        tag = text(field, value, longest=MAX_LANGUAGE)
        if not _LANGUAGE.match(tag):
            raise InvalidValue(field, "no language tag", 'one of BCP 47, such as "ru" or "pt-BR"')
        return _in_tag_case(tag)

    return convert


def _in_tag_case(tag: str) -> str:
    """The case of RFC 5646, 2.1.1: regions in capitals, scripts with one capital, everything else in small letters,
    and so is all that follows a part of one letter."""
    first, *others = tag.lower().split("-")
    singleton = next((place for place, part in enumerate(others) if len(part) == 1), len(others))
    cased = [
        {2: part.upper(), 4: part.title()}.get(len(part), part) if part.isalpha() else part
        for part in others[:singleton]
    ]
    return "-".join([first, *cased, *others[singleton:]])


def listed(field: str, values: object, *, of: str) -> tuple[Any, ...]:
    """The members of a list. A single text is refused, because it would be taken letter by letter."""
    if isinstance(values, str | bytes | Mapping) or not isinstance(values, Iterable):
        raise InvalidValue(field, f"a {type(values).__name__}", f"a list of {of}")
    return tuple(values)


def flag(field: str) -> Callable[[Any], bool]:
    def convert(value: object) -> bool:
        if not isinstance(value, bool):
            raise InvalidValue(field, f"a {type(value).__name__}", "True or False")
        return value

    return convert


def optional_flag(field: str) -> Callable[[Any], bool | None]:
    convert = flag(field)
    return lambda value: None if value is None else convert(value)


def count(field: str) -> Callable[[Any], int]:
    def convert(value: object) -> int:
        if isinstance(value, bool) or not isinstance(value, int) or not 1 <= value <= MAX_COUNT:
            raise InvalidValue(field, "something else", f"a whole number from 1 to {MAX_COUNT}")
        return value

    return convert


def optional_count(field: str) -> Callable[[Any], int | None]:
    convert = count(field)
    return lambda value: None if value is None else convert(value)


def optional_offset(field: str) -> Callable[[Any], int | None]:
    def convert(value: object) -> int | None:
        if value is not None and (isinstance(value, bool) or not isinstance(value, int) or value < 0):
            raise InvalidValue(field, "something else", "a code-point offset, a whole number from 0")
        return value

    return convert


def optional_offsets(field: str) -> Callable[[Any], tuple[int, ...] | None]:
    def convert(values: object) -> tuple[int, ...] | None:
        if values is None:
            return None
        offsets = listed(field, values, of="offsets")
        if any(type(value) is not int or value < 0 for value in offsets):
            raise InvalidValue(field, "something else", "code-point offsets, whole numbers from 0")
        return offsets

    return convert


def choice(field: str, options: type[_E]) -> Callable[[Any], _E]:
    """Takes a member of the enumeration or its value, and gives the member."""

    def convert(value: object) -> _E:
        if type(value) is options:
            return value
        try:
            return options(value)
        except ValueError:
            raise InvalidValue.unknown_word(field, value, (str(one.value) for one in options)) from None

    return convert


def optional_choice(field: str, options: type[_E]) -> Callable[[Any], _E | None]:
    convert = choice(field, options)
    return lambda value: None if value is None else convert(value)
