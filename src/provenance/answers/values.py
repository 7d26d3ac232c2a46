"""What questions give: plain values that carry the records they rest on, and print as an editor would write them.

Times are datetimes in UTC, to the microsecond.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from typing import Generic, NamedTuple, TypeVar

from attrs import asdict, field, frozen

from provenance.answers.wording import (
    RESPONSES,
    absence_words,
    chain_words,
    listed,
    moment_words,
    number_words,
    printable,
    terms_words,
)
from provenance.rules.catalogue import RULES
from provenance.rules.facts import Terms
from provenance.values.ids import RecordId

_Answer = TypeVar("_Answer")


class Answers(Generic[_Answer]):
    """A list of answers, told page by page as it is iterated, in the order of recording; no transaction is held
    between pages. Each iteration asks anew. `count()` counts without telling them, where a list is kept."""

    def __init__(self, build: Callable[[], Iterator[_Answer]], count: Callable[[], int]) -> None:
        self._build = build
        self._count = count

    def __iter__(self) -> Iterator[_Answer]:
        return self._build()

    def __bool__(self) -> bool:
        """Whether there is any."""
        return next(self._build(), None) is not None

    def count(self) -> int:
        """How many claims are on the list; of conflicts and self-contradictions how many matters: a subject's
        attribute in a scope, or a claim without them."""
        return self._count()


@frozen
class AgentSummary:
    """An agent in an answer: id, what readers may be shown, and how it is named."""

    id: RecordId
    label: str
    kind: str
    naming: str

    def __str__(self) -> str:
        return printable(self.label)


@frozen
class ClaimSummary:
    """A claim in an answer: the canonical one of its class."""

    id: RecordId
    text: str
    nature: str

    def __str__(self) -> str:
        return printable(self.text)


@frozen
class EvidenceNote:
    """Evidence that was shown, or that its absence was reported (`is_present` False), and who noted it."""

    id: RecordId
    kind: str
    is_present: bool
    item: str | None
    noted_by: AgentSummary | None


@frozen
class AmendmentNote:
    """That an assertion was taken back or put right: how (retract, correct, supersede, misattributed), by whom, when,
    with what note, and the words of the claim that replaces it, where there is one."""

    id: RecordId
    kind: str
    by: AgentSummary
    at: datetime
    note: str | None
    replaced_by: str | None

    def __str__(self) -> str:
        verb = AMENDMENT_VERBS[self.kind]
        to = f" to: {printable(self.replaced_by)}" if self.replaced_by is not None else ""
        return f"{self.by} {verb}{to}, {moment_words(self.at)}"


AMENDMENT_VERBS = {
    "retract": "retracted it",
    "correct": "corrected it",
    "supersede": "replaced it",
    "misattributed": "established that it was never said",
}


@frozen
class AssertionSummary:
    """An assertion in an answer. `said_at` is the last moment it can have been said; where neither it nor a publication
    has a time, `is_dated` is False and `said_at` the moment of recording. `amendments` took it back or put it right."""

    id: RecordId
    agent: AgentSummary
    claim: RecordId
    stance: str
    certainty: str
    basis: str
    said_at: datetime
    is_dated: bool
    evidence: tuple[EvidenceNote, ...]
    amendments: tuple[AmendmentNote, ...]
    is_live: bool
    terms: Terms | None = None

    @property
    def is_publishable(self) -> bool:
        """Whether readers may be told: not what was said off the record. It counts in every answer all the same."""
        return self.terms is None or self.terms.ground_rule != "off_the_record"

    @property
    def is_amended(self) -> bool:
        return bool(self.amendments)

    @property
    def is_evidenced(self) -> bool | None:
        """True where evidence was cited, False where only its absence was reported, None where nothing was said."""
        shown = [note.is_present for note in self.evidence]
        return True if True in shown else False if shown else None

    def __str__(self) -> str:
        when = (
            moment_words(self.said_at) if self.is_dated else f"undated, recorded {moment_words(self.said_at)}"
        )
        said = f"{self.agent} {STANCE_VERBS[self.stance]}, {when}"
        return "; ".join([said, *_shown(self), *_terms(self), *map(str, self.amendments)])


def _shown(assertions: AssertionSummary) -> list[str]:
    """What was shown for it: "video cited (v1)", "CNN: no evidence was cited". Of silence nothing is asked."""
    cited = [_cited(note) for note in assertions.evidence if note.is_present]
    if cited:
        return [f"{', '.join(dict.fromkeys(cited))} cited"]
    reporters = dict.fromkeys(str(note.noted_by) for note in assertions.evidence if note.noted_by is not None)
    if assertions.evidence:
        return [absence_words(list(reporters))]
    return [] if assertions.stance in ("no_comment", "silence", "question") else ["no evidence was mentioned"]


def _terms(assertions: AssertionSummary) -> list[str]:
    return [] if assertions.terms is None else terms_words(**asdict(assertions.terms))


def _cited(note: EvidenceNote) -> str:
    kind = "evidence" if note.kind == "unspecified" else note.kind.replace("_", " ")
    return kind if note.item is None else f"{kind} ({printable(note.item)})"


STANCE_VERBS = {
    "affirm": "said so",
    "deny": "denied it",
    "question": "questioned it",
    "no_comment": "declined to comment",
    "silence": "had not commented",
    "relay": "relayed it",
}


@frozen
class Chain:
    """A path of assertions, the origin first and the publisher last, and the relays between them."""

    steps: tuple[AssertionSummary, ...]
    relays: tuple[RecordId, ...] = field(repr=False)

    @property
    def origin(self) -> AssertionSummary:
        return self.steps[0]

    @property
    def names(self) -> list[str]:
        """Who stands in it, the origin first."""
        return [step.agent.label for step in self.steps]

    def __str__(self) -> str:
        """ "CNN, citing TASS, citing medical sources; no evidence was mentioned"; then who took it back."""
        response = RESPONSES.get(self.origin.stance)
        chain = chain_words(self.names)
        taken_back = dict.fromkeys(str(note) for step in self.steps for note in step.amendments)
        said = f"{chain}: {response}" if response else chain
        return "; ".join([said, *_shown(self.origin), *_terms(self.origin), *taken_back])


@frozen
class Trace:
    """All assertions on a claim with the chains that lead to them."""

    claim: ClaimSummary
    chains: tuple[Chain, ...]

    def __str__(self) -> str:
        return "\n".join([str(self.claim), *(f"  {chain}" for chain in self.chains)])


@frozen
class Support:
    """How well a claim is grounded: grade 0 to 4, independent origins [lo, hi], flags, the origins and their chains,
    and one set of origins that are independent beyond doubt."""

    claim: ClaimSummary
    grade: int
    lo: int
    hi: int
    flags: tuple[str, ...]
    origins: tuple[AssertionSummary, ...]
    independent: tuple[AssertionSummary, ...]
    amended: tuple[AssertionSummary, ...]
    """Who said so and took it back, or was put right."""
    chains: tuple[Chain, ...] = field(repr=False)
    rule = RULES["support"]

    def __str__(self) -> str:
        return "\n".join([str(self.claim), *(f"  {line}" for line in self.lines())])

    def lines(self) -> list[str]:
        """The chains, and below them how much they come to."""
        count = _origins(str(self.hi)) if self.lo == self.hi else _origins(f"{self.lo} to {self.hi}")
        if not self.origins:
            count = self._nobody()
        notes = [
            flag.replace("_", " ") for flag in self.flags if flag not in ("single_origin", "no_live_origin")
        ]
        standing = {step.id for chain in self.chains for step in chain.steps}
        taken_back = [str(assertions) for assertions in self.amended if assertions.id not in standing]
        graded = f"{GRADES[self.grade]} (grade {self.grade})"
        return [*map(str, self.chains), *taken_back, "; ".join([count, graded, *notes])]

    def _nobody(self) -> str:
        if self.amended:
            return "nobody stands by it any more"
        return (
            "nobody says so" if "denied_only" in self.flags else "nobody is known to have said so first-hand"
        )


GRADES = ("no origin", "unattributed", "bare", "evidenced", "corroborated")
"""The names of the grades 0 to 4."""


def _origins(count: str) -> str:
    return {"0": "no accountable origin", "1": "one origin"}.get(count, f"{count} origins")


class Independence(NamedTuple):
    """The claim that names its class, its grade, and how many independent origins it has at least and at most, as its
    `Support` gives them."""

    claim: RecordId
    grade: int
    lo: int
    hi: int


@frozen
class Unsupported:
    """A claim on a list of the unsupported: the kind that was asked for, and its support."""

    kind: str
    support: Support

    @property
    def claim(self) -> ClaimSummary:
        return self.support.claim

    @property
    def rule(self) -> str:
        return RULES[self.kind]

    def __str__(self) -> str:
        return str(self.support)


@frozen
class Conflict:
    """Two claims that cannot both be right, `definite` or `possible`, and one strongest assertion a side. `matter` is
    the claim by which it is counted: the first recorded about the same subject, attribute and scope."""

    kind: str
    a: ClaimSummary
    b: ClaimSummary
    strength: str
    a_assertion: AssertionSummary
    b_assertion: AssertionSummary
    issue: RecordId

    @property
    def rule(self) -> str:
        return RULES[self.kind]

    def __str__(self) -> str:
        verb = "denies" if self.b_assertion.stance == "deny" else "says"
        sides = f"{self.a_assertion.agent} says: {self.a}; {self.b_assertion.agent} {verb}: {self.b}"
        return f"{self.kind}, {self.strength}: {sides}"


@frozen
class SelfContradiction:
    """One holder said both: `simultaneous`, or a `reversal`."""

    holder: AgentSummary
    kind: str
    a: ClaimSummary
    b: ClaimSummary
    when: str
    a_assertion: AssertionSummary
    b_assertion: AssertionSummary
    rule = RULES["self_contradiction"]

    def __str__(self) -> str:
        verb = "denied" if self.b_assertion.stance == "deny" else "said"
        return f"{self.holder}, {self.when}: said: {self.a}; {verb}: {self.b}"


@frozen
class Circle:
    """A kind of circular reporting of a claim; of a loop also the agent who comes back to itself. `told` are the
    assertions that carry it, of a loop the way round; `chains` how they lead down."""

    kind: str
    claim: ClaimSummary
    agent: AgentSummary | None
    assertions: tuple[AssertionSummary, ...]
    chains: tuple[Chain, ...] = field(repr=False)

    @property
    def rule(self) -> str:
        return RULES[self.kind]

    def __str__(self) -> str:
        if self.kind in ("common_origin", "suspected_common_origin"):
            return f"{self.claim}: {self._outlets()}"
        names = [str(one.agent) for one in self.assertions]
        if self.kind == "feedback_loop":
            return f"{self.claim}: {', which cites '.join(names)}, goes round"
        what = (
            "nothing but a loop below"
            if self.kind == "ungrounded_loop"
            else "what it cites says something else"
        )
        return f"{self.claim}: {listed(list(dict.fromkeys(names)))}; {what}"

    def _outlets(self) -> str:
        """ "Two outlets, one origin: CNN and BBC both cite TASS, citing medical sources"."""
        outlets = list(dict.fromkeys(str(one.agent) for one in self.assertions))
        by_sources: dict[str, list[str]] = {}
        for chain in self.chains:
            below = chain_words(chain.names[:-1])
            by_sources.setdefault(below, []).append(printable(chain.names[-1]))
        cites = [_cites(list(dict.fromkeys(who)), below) for below, who in by_sources.items() if below]
        origins = "one origin" if self.kind == "common_origin" else "perhaps one origin"
        return f"{number_words(len(outlets))} outlets, {origins}: {'; '.join(cites)}"


def _cites(who: list[str], below: str) -> str:
    verb = {1: "cites", 2: "both cite"}.get(len(who), "all cite")
    return f"{listed(who)} {verb} {below}"


@frozen
class Change:
    """What became another on the way from the earlier assertion to the later one that rests on it: certainty_rose,
    quote_loosened, quote_changed, caveat_lost or adopted."""

    kind: str
    claim: ClaimSummary
    earlier: AssertionSummary
    later: AssertionSummary

    @property
    def rule(self) -> str:
        return RULES[self.kind]

    def __str__(self) -> str:
        words = {
            "certainty_rose": f"has as {self.later.certainty} what was {self.earlier.certainty} with",
            "quote_loosened": "quotes less closely than",
            "quote_changed": "changed the quoted words of",
            "caveat_lost": "left out that no evidence was cited, which was noted by",
            "adopted": "says in its own voice what it has from",
        }[self.kind]
        return f"{self.claim}: {self.later.agent} {words} {self.earlier.agent}"


@frozen
class Verdict:
    """An editor's or a fact-checker's assessment of a claim, or of a conflict with another claim, in their words."""

    id: RecordId
    claim: ClaimSummary
    words: str
    by: AgentSummary
    at: datetime | None
    url: str | None
    against: ClaimSummary | None

    def __str__(self) -> str:
        when = "" if self.at is None else f", {moment_words(self.at)}"
        against = "" if self.against is None else f", against: {self.against}"
        return f"{self.claim}{against}: {printable(self.words)} ({self.by}{when})"


@frozen
class Impact:
    """What a retraction would do to the claims its chain touches, and the documents that carry what would be lost;
    nothing is written."""

    lost: tuple[ClaimSummary, ...]
    weakened: tuple[ClaimSummary, ...]
    unaffected: tuple[ClaimSummary, ...]
    documents: tuple[DocumentSummary, ...]

    def __str__(self) -> str:
        lists = (("lost", self.lost), ("weakened", self.weakened), ("unaffected", self.unaffected))
        lines = [f"{name}: {'; '.join(map(str, claims)) or 'none'}" for name, claims in lists]
        return "\n".join([*lines, f"carried by: {'; '.join(map(str, self.documents)) or 'no document'}"])


@frozen
class DocumentSummary:
    """A document in an answer: whose it is, and by what it is known."""

    id: RecordId
    outlet: AgentSummary
    title: str | None
    url: str | None

    def __str__(self) -> str:
        named = self.title or self.url
        return f"{self.outlet}, {printable(named)}" if named else str(self.outlet)


@frozen
class Version:
    """One version of a story, what it supersedes, and how its outlet changed it:

    - `first`: it supersedes nothing that is known
    - `announced`: it has a change note, or its outlet amended the version before it or what is found there
    - `stealth`: text or title is another, and nothing says so
    - `unchanged`: text and title are those of the version before it
    - `unknown`: of one of the two the text is not known, and what is known is the same

    `published_at` is the last moment that the publication can have been.
    """

    document: DocumentSummary
    supersedes: RecordId | None
    change: str
    change_note: str | None
    amendments: tuple[AmendmentNote, ...]
    published_at: datetime | None

    @property
    def rule(self) -> str:
        return RULES[self.change]

    def __str__(self) -> str:
        when = "" if self.published_at is None else f", {moment_words(self.published_at)}"
        said = {
            "first": "the first version",
            "announced": "changed, and says so",
            "stealth": "changed, and does not say so",
            "unchanged": "unchanged",
            "unknown": "a later version",
        }[self.change]
        note = [] if self.change_note is None else [printable(self.change_note)]
        return "; ".join([f"{self.document}{when}: {said}", *note, *map(str, self.amendments)])


@frozen
class Refound:
    """Where the quotation of a mention stands in another document: `exact` (where it was, in the same surroundings),
    `moved`, `ambiguous` (its words stand there, and it cannot be told whether one of the places is it) or `lost`.
    `places` are code points from 0, the end excluded: one of what is exact or moved, all candidates of what is
    ambiguous."""

    mention: RecordId
    document: RecordId
    kind: str
    places: tuple[tuple[int, int], ...]

    @property
    def place(self) -> tuple[int, int] | None:
        """The one place of what is exact or moved."""
        return self.places[0] if self.kind in ("exact", "moved") else None

    def __str__(self) -> str:
        where = ", ".join(f"{start} to {end}" for start, end in self.places)
        return f"{self.kind}: {where}" if where else self.kind


@frozen
class Request:
    """A request for comment: when, by whom, and until when; None where it was not recorded."""

    id: RecordId
    asked_at: datetime
    asked_by: AgentSummary | None
    deadline: datetime | None

    def __str__(self) -> str:
        by = "" if self.asked_by is None else f" by {self.asked_by}"
        until = "" if self.deadline is None else f", to answer by {moment_words(self.deadline)}"
        return f"asked{by} {moment_words(self.asked_at)}{until}"


@frozen
class Accusation:
    """An accusation, who makes it, and where the accused stands: `position` is none, silence, no_comment, question,
    deny or affirm; `responses` are their own assertions on it, the latest first, `requests` what they were asked."""

    claim: ClaimSummary
    accused: AgentSummary
    position: str
    accusers: tuple[AssertionSummary, ...]
    responses: tuple[AssertionSummary, ...]
    requests: tuple[Request, ...]
    rule = RULES["accusation"]

    @property
    def is_answered(self) -> bool:
        return self.position in ("deny", "affirm")

    @property
    def status(self) -> str:
        """not_asked, asked_and_silent, reported_silent, declined, questioned, denied or confirmed."""
        if self.position == "none":
            return "asked_and_silent" if self.requests else "not_asked"
        return _STATUSES[self.position]

    def __str__(self) -> str:
        response = {
            "affirm": f"{self.accused} confirmed it",
            "deny": f"{self.accused} denied it",
            "question": f"{self.accused} questioned it",
            "no_comment": f"{self.accused} declined to comment",
            "silence": f"no comment so far from {self.accused}",
            "none": f"no response on record from {self.accused}",
        }[self.position]
        if self.responses:
            response += f", {moment_words(self.responses[0].said_at)}"
        asked = "; ".join(map(str, self.requests)) or "no request for comment is recorded"
        return f"{self.claim}: {response}; {asked}"


_STATUSES = {
    "silence": "reported_silent",
    "no_comment": "declined",
    "question": "questioned",
    "deny": "denied",
    "affirm": "confirmed",
}

Explainable = Support | Unsupported | Conflict | SelfContradiction | Circle | Change | Accusation


@frozen
class Explanation:
    """All that an answer rests on: the rule it goes by, and for every claim in it all live assertions on it, or on
    what entails it, with their chains, relays and evidence."""

    answer: Explainable
    sides: tuple[Trace, ...]

    @property
    def rule(self) -> str:
        return self.answer.rule

    @property
    def assertions(self) -> tuple[AssertionSummary, ...]:
        found = {step.id: step for side in self.sides for chain in side.chains for step in chain.steps}
        return tuple(found.values())

    @property
    def relays(self) -> tuple[RecordId, ...]:
        return tuple(
            dict.fromkeys(relay for side in self.sides for chain in side.chains for relay in chain.relays)
        )

    @property
    def evidence(self) -> tuple[EvidenceNote, ...]:
        return tuple(dict.fromkeys(note for assertions in self.assertions for note in assertions.evidence))

    def __str__(self) -> str:
        """The answer, the rule, and of every claim the chains that the answer does not show itself."""
        shown = set(str(self.answer).splitlines())
        assertions = [
            line for line in _indented(map(str, self.sides)) if line not in shown and line[2:] not in shown
        ]
        return "\n".join([str(self.answer), f"because {self.rule}", *assertions])


def _indented(blocks: Iterable[str]) -> Iterator[str]:
    return (f"  {line}" for block in blocks for line in block.splitlines())
