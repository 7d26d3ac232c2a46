"""Every error of the library, under one root.

Errors carry data and build their sentence in `__str__`: what was expected, what was got, what to do. None holds a
claim's text, a quotation or the name of a source, so that they can be logged. A misspelt word of an enumeration and the
name of an unknown field are repeated where they cannot be taken for such a text (`looks_like_a_word`).
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from typing import Any, Self, TypeGuard

_AN = re.compile(r"\ba ([aeio])")
"""The article before names that are put into sentences."""

MAX_WORD = 40
"""Characters of a word that an error repeats: twice the longest word and field name of this library."""

MAX_WORDS = 5
"""Unknown fields that an error names. Whoever misspelt more has another kind of object in hand."""

_WORD = re.compile(rf"[a-z_][A-Za-z0-9_-]{{0,{MAX_WORD - 1}}}\Z")
"""As the library writes words and fields: no spaces, no control characters, and no capital first as a name has it."""


def looks_like_a_word(given: object, known: Collection[str] = ()) -> TypeGuard[str]:
    """Whether an error may repeat what was given in the place of a known word: a short identifier that begins with a
    small letter, or one of the known words in other letters, such as "AFFIRM".

    All else may be a claim, a name or a quotation that was passed in the wrong place.
    """
    return isinstance(given, str) and (_WORD.match(given) is not None or given.casefold() in known)


def got_word(given: object, known: Collection[str]) -> str:
    """What an error says of something that is none of the known words: the word, or else only its type."""
    if looks_like_a_word(given, known):
        return f"'{given}'"
    return "an unknown word" if isinstance(given, str) else f"a {type(given).__name__}"


def _restored(kind: type[ProvenanceError], args: tuple[object, ...]) -> ProvenanceError:
    """An error of this kind, before what it carries is put back."""
    error = kind.__new__(kind, *args)
    error.args = args
    return error


class ProvenanceError(Exception):
    """The root of all errors of this library. Never raised itself."""

    record_number: int | None = None
    """Which record of a batch it was, counted from 1; None outside of a batch."""

    def at_record(self, number: int | None) -> Self:
        """The same error, pointing at a record of its batch; or with None at none."""
        self.record_number = number
        return self

    def _sentence(self) -> str:
        raise NotImplementedError

    def __reduce__(self) -> tuple[Any, ...]:
        """By what it carries, and not by the arguments of its constructor: so every error can be copied and pickled."""
        return _restored, (type(self), self.args), self.__dict__

    def __str__(self) -> str:
        place = f"record {self.record_number}: " if self.record_number is not None else ""
        return place + self._sentence()


class InvalidValue(ProvenanceError, ValueError):
    """A field was given something that it cannot hold."""

    def __init__(self, field: str, got: str, expected: str) -> None:
        super().__init__(field, got, expected)
        self.field = field
        self.got = got
        self.expected = expected

    def of_field(self, field: str) -> InvalidValue:
        """The same error, under the name by which the caller knows the field."""
        return InvalidValue(field, self.got, self.expected)

    @classmethod
    def unknown_word(cls, field: str, given: object, known: Iterable[str]) -> InvalidValue:
        """The field holds one of the known words only, and was given something else."""
        words = tuple(known)
        return cls(field, got_word(given, words), "one of " + ", ".join(words))

    @classmethod
    def unknown_fields(cls, field: str, given: Iterable[object], known: Collection[str]) -> InvalidValue:
        """An object was given fields beside the known ones."""
        unknown = [name for name in given if name not in known]
        named = sorted(f"'{name}'" for name in unknown if looks_like_a_word(name, known))[:MAX_WORDS]
        if named and len(unknown) > len(named):
            named.append(f"{len(unknown) - len(named)} more")
        got = "an unknown field" if len(unknown) == 1 else "unknown fields"
        return cls(field, " ".join([got, ", ".join(named)]).strip(), "only " + ", ".join(sorted(known)))

    def _sentence(self) -> str:
        return _AN.sub(r"an \1", f"{self.field}: got {self.got}; give {self.expected}")


class NewerThanLibrary(ProvenanceError, ValueError):
    """An entry was recorded in a newer form than this library reads. It can still be verified, listed and exported.

    `form` is what it says it is, as "claim/7"; `known` the newest version of that which this library reads, None where
    it knows nothing of the kind.
    """

    def __init__(self, form: str, known: str | None) -> None:
        super().__init__(form, known)
        self.form = form
        self.known = known

    def _sentence(self) -> str:
        reads = "knows nothing of the kind" if self.known is None else f"reads up to {self.known}"
        return (
            f"it was recorded as {self.form}, and this library {reads}; "
            "read it with the provenance-ledger release that recorded it, or a later one"
        )


class UnknownReference(ProvenanceError, LookupError):
    """A record names another that neither the ledger nor this commit holds."""

    def __init__(self, field: str, reference: str) -> None:
        super().__init__(field, reference)
        self.field = field
        self.reference = reference

    def _sentence(self) -> str:
        return (
            f"{self.field}: no record {self.reference} in the ledger or earlier in this commit; record it first, "
            "or pass the record itself instead of its id"
        )


class NotRecorded(UnknownReference):
    """A question is about something that the ledger does not hold."""

    def _sentence(self) -> str:
        return (
            f"{self.field}: nothing like it is recorded; look it up with find(…). An Agent is an organisation, and a "
            "claim is known by its structure where it has one, unless said otherwise"
        )


class UnknownName(ProvenanceError, LookupError):
    """Nobody has the name that was asked for."""

    def __init__(self, field: str) -> None:
        super().__init__(field)
        self.field = field

    def _sentence(self) -> str:
        return f"{self.field}: nobody of this name is recorded; look for it with find(…), or pass the agent or its id"


class AmbiguousName(ProvenanceError, LookupError):
    """A bare name fits several agents."""

    def __init__(self, field: str, kinds: tuple[str, ...]) -> None:
        super().__init__(field, kinds)
        self.field = field
        self.kinds = kinds

    def _sentence(self) -> str:
        return (
            f"{self.field}: {len(self.kinds)} agents have this name ({', '.join(self.kinds)}); "
            "pass the agent itself, such as person(…) or outlet(…)"
        )


class NotEntitled(ProvenanceError, ValueError):
    """Somebody retracts or corrects what is neither theirs nor published by them."""

    def __init__(self, field: str, kind: str) -> None:
        super().__init__(field, kind)
        self.field = field
        self.kind = kind

    def _sentence(self) -> str:
        return (
            f"{self.field}: only the holder or a publisher of an assertion can {self.kind} it; record what a third "
            'party says against it as an assertion with stance "deny"'
        )


class KeyMissing(ProvenanceError, LookupError):
    """Something is to be sealed or opened, and there is no key for its level."""

    def __init__(self, level: str) -> None:
        super().__init__(level)
        self.level = level

    def _sentence(self) -> str:
        return (
            f"no key for what is sealed for the level {self.level!r}; open the ledger with the keys that sealed it "
            "(keys=…)"
        )


class Unsealable(ProvenanceError, ValueError):
    """The ciphertext cannot be opened: the wrong keys or database, or it was changed."""

    def __init__(self, level: str) -> None:
        super().__init__(level)
        self.level = level

    def _sentence(self) -> str:
        return (
            f"what is sealed for the level {self.level!r} cannot be opened; "
            "use the keys that belong to this ledger, and verify it"
        )


class Redacted(ProvenanceError, LookupError):
    """What was sealed was destroyed."""

    def __init__(self, field: str) -> None:
        super().__init__(field)
        self.field = field

    def _sentence(self) -> str:
        return f"{self.field}: it was redacted, and nobody can read it again"


class NotLoaded(ProvenanceError, LookupError):
    """What is sealed stayed in the ledger from which this one was loaded."""

    def __init__(self, field: str) -> None:
        super().__init__(field)
        self.field = field

    def _sentence(self) -> str:
        return (
            f"{self.field}: what is sealed was not in the export that was loaded; ask the ledger that it came from, or "
            "load an export made with sealed=True"
        )


class AlreadyClosed(ProvenanceError, RuntimeError):
    """A commit or a ledger is used after its end."""

    def __init__(self, what: str) -> None:
        super().__init__(what)
        self.what = what

    def _sentence(self) -> str:
        return f"this {self.what} is closed; open another"


class DatabaseRefused(ProvenanceError):
    """A database that the ledger cannot or must not use as it is."""

    def __init__(self, reason: str, remedy: str) -> None:
        super().__init__(reason, remedy)
        self.reason = reason
        self.remedy = remedy

    def _sentence(self) -> str:
        return f"{self.reason}; {self.remedy}"


class NotALedger(DatabaseRefused):
    """The file or database holds something else."""


class ReadOnlyDatabase(DatabaseRefused):
    """The database cannot be written."""


class UnsupportedDatabase(DatabaseRefused):
    """Another database system, or too old a version of one."""


class MissingHooks(DatabaseRefused):
    """An SQLite engine of the caller's without the connection hooks that make its transactions whole."""


class WrongRevision(DatabaseRefused):
    """The tables are of another revision than the library."""

    def __init__(self, found: str, expected: str, *, is_database_newer: bool) -> None:
        if is_database_newer:
            reason = f"the database is at revision {found}, newer than this library's {expected}"
            remedy = (
                "install the provenance-ledger release that wrote it, or open it with read_only=True to verify, list "
                "and export what it holds"
            )
        else:
            reason = f"the database is at revision {found}, older than this library's {expected}"
            remedy = "run `provenance upgrade URL` or Ledger.upgrade(url)"
        super().__init__(reason, remedy)
        self.found = found
        self.expected = expected
        self.is_database_newer = is_database_newer


class LossyDowngrade(DatabaseRefused):
    """A downgrade would leave entries behind that the releases of its revision cannot read. Nothing was touched.

    `entries` is how many hold such; `forms` says in how many entries each form is.
    """

    def __init__(self, revision: str, entries: int, forms: dict[str, int]) -> None:
        held = ", ".join(f"{form} in {count}" for form, count in forms.items())
        lost = f"cannot be read at revision {revision} ({held})" if forms else "would be deleted"
        super().__init__(
            f"{entries} {'entry' if entries == 1 else 'entries'} {lost}",
            "stay at this revision, or go on with a backup from before the upgrade",
        )
        self.revision = revision
        self.entries = entries
        self.forms = forms


class LedgerBusy(DatabaseRefused):
    """Another writer holds the ledger's lock, and waiting for it ended."""


class ConcurrentCommit(DatabaseRefused):
    """Another commit came in between; nothing of this one was written."""


class UnsafeDatabase(DatabaseRefused):
    """As it is configured, the database would lose an acknowledged commit, or keep half of one."""


class WouldOverwrite(DatabaseRefused):
    """A file stands where a backup was to be written."""


class KeyReused(ProvenanceError, ValueError):
    """A commit was given the key of another one."""

    def __init__(self, commit: int) -> None:
        super().__init__(commit)
        self.commit = commit

    def _sentence(self) -> str:
        return (
            f"key: commit {self.commit} was recorded under this key and holds something else; nothing was written; "
            "give every commit a key of its own, and a repetition the same content"
        )


class OutcomeUnknown(ProvenanceError):
    """The database failed while it committed: the commit is in the ledger whole, or not at all."""

    def __init__(self, kind: str) -> None:
        super().__init__(kind)
        self.kind = kind

    def _sentence(self) -> str:
        return (
            f"the database failed while it committed ({self.kind}), and the commit may be stored; repeat it with the "
            "key= that it had, or without one if it only records: what is there already is not recorded twice"
        )


class DatabaseFailed(ProvenanceError):
    """The database answered a statement with an error of its own. The transaction did not take effect."""

    def __init__(self, kind: str) -> None:
        super().__init__(kind)
        self.kind = kind

    def _sentence(self) -> str:
        return (
            f"the database failed ({self.kind}) and nothing was written; mend its cause and repeat the call"
        )


class DamagedLog(ProvenanceError):
    """What the log holds is not what was written."""

    def __init__(self, place: str, found: str) -> None:
        super().__init__(place, found)
        self.place = place
        self.found = found

    def _sentence(self) -> str:
        return f"{self.place}: {self.found}; restore the database from a backup"


class DamagedExport(ProvenanceError, ValueError):
    """A line of an exported log is not what was exported, or does not fit the ones before it. Nothing was loaded."""

    def __init__(self, line: int, found: str) -> None:
        super().__init__(line, found)
        self.line = line
        self.found = found

    def _sentence(self) -> str:
        return f"line {self.line}: {self.found}; nothing was loaded; get the export anew from its ledger"


class InvalidProof(ProvenanceError, ValueError):
    """A proof, a signed checkpoint or a receipt does not show what it should."""

    def __init__(self, what: str, found: str) -> None:
        super().__init__(what, found)
        self.what = what
        self.found = found

    def _sentence(self) -> str:
        return f"{self.what}: {self.found}; do not rely on it, and ask its sender for a new one"


def how_to_install(extra: str) -> str:
    """What to do where a package is missing that an extra brings: no index holds this library, only its checkout."""
    return f"install the extra '{extra}' of this library: pip install '.[{extra}]' in its checkout"


class MissingExtra(ProvenanceError, ImportError):
    """A package that only an extra of this library brings is not installed."""

    def __init__(self, extra: str, package: str) -> None:
        super().__init__(extra, package)
        self.extra = extra
        self.package = package

    def _sentence(self) -> str:
        return f"the package {self.package} is not installed; {how_to_install(self.extra)}"
