"""What questions give: plain values that carry the records they rest on, and print as an editor would write them."""

from __future__ import annotations

from attrs import field, frozen

from provenance.values.ids import RecordId
from provenance.views.sentence import RESPONSES, chain_words, evidence_words, printable


@frozen
class Party:
    """An agent in an answer: id, what readers may be shown, and how it is named."""

    id: RecordId
    label: str
    kind: str
    naming: str

    def __str__(self) -> str:
        return printable(self.label)


@frozen
class Stated:
    """A claim in an answer: the canonical one of its class."""

    id: RecordId
    text: str
    nature: str

    def __str__(self) -> str:
        return printable(self.text)


@frozen
class Told:
    """An assertion in an answer. `said_at` is the last moment it can have been said, microseconds since 1970 UTC;
    `evidence` is True where some was cited, False where it was reported absent, None where nothing was mentioned."""

    id: RecordId
    agent: Party
    claim: RecordId
    stance: str
    certainty: str
    basis: str
    said_at: int
    evidence: bool | None
    is_live: bool
    is_amended: bool


@frozen
class Chain:
    """A path of assertions, the origin first and the publisher last."""

    steps: tuple[Told, ...]

    @property
    def origin(self) -> Told:
        return self.steps[0]

    def __str__(self) -> str:
        chain = chain_words([step.agent.label for step in self.steps])
        response = RESPONSES.get(self.origin.stance)
        return f"{chain}, who {response}" if response else f"{chain}; {evidence_words(self.origin.evidence)}"


@frozen
class Trace:
    """All assertions on a claim with the chains that lead to them."""

    claim: Stated
    chains: tuple[Chain, ...]

    def __str__(self) -> str:
        return "\n".join([str(self.claim), *(f"  {chain}" for chain in self.chains)])


@frozen
class Support:
    """How well a claim is grounded: grade 0 to 4, independent origins [lo, hi], flags, the origins and their chains,
    and one set of origins that are independent beyond doubt."""

    claim: Stated
    grade: int
    lo: int
    hi: int
    flags: tuple[str, ...]
    origins: tuple[Told, ...]
    independent: tuple[Told, ...]
    chains: tuple[Chain, ...] = field(repr=False)

    def __str__(self) -> str:
        return "\n".join([str(self.claim), *(f"  {line}" for line in self.lines())])

    def lines(self) -> list[str]:
        count = f"{self.lo} to {self.hi} origins" if self.lo != self.hi else _origins(self.hi)
        if not self.origins:
            count = "nobody is known to have said so first-hand"
        notes = [flag.replace("_", " ") for flag in self.flags if flag != "single_origin"]
        return [
            *(str(chain) for chain in self.chains),
            f"{count}; grade {self.grade}" + "".join(f"; {n}" for n in notes),
        ]


def _origins(count: int) -> str:
    return {0: "no accountable origin", 1: "one origin"}.get(count, f"{count} origins")


@frozen
class Unsupported:
    """A claim on a list of the unsupported: the kind that was asked for, and its support."""

    kind: str
    support: Support

    @property
    def claim(self) -> Stated:
        return self.support.claim

    def __str__(self) -> str:
        return str(self.support)


@frozen
class Finding:
    """Two claims that cannot both be right, `definite` or `possible`, and one strongest assertion a side."""

    kind: str
    a: Stated
    b: Stated
    strength: str
    a_told: Told
    b_told: Told

    def __str__(self) -> str:
        verb = "denies" if self.b_told.stance == "deny" else "says"
        return f"{self.kind}, {self.strength}: {self.a_told.agent} says: {self.a}; {self.b_told.agent} {verb}: {self.b}"


@frozen
class SelfContradictionFinding:
    """One holder said both: `simultaneous`, or a `reversal`."""

    holder: Party
    kind: str
    a: Stated
    b: Stated
    when: str
    a_told: Told
    b_told: Told

    def __str__(self) -> str:
        verb = "denied" if self.b_told.stance == "deny" else "said"
        return f"{self.holder}, {self.when}: said: {self.a}; {verb}: {self.b}"


@frozen
class CircleFinding:
    """A kind of circular reporting of a claim; of a loop also the agent who comes back to itself."""

    kind: str
    claim: Stated
    agent: Party | None
    told: tuple[Told, ...]

    def __str__(self) -> str:
        names = ", ".join(dict.fromkeys(str(one.agent) for one in self.told))
        return f"{self.kind.replace('_', ' ')}: {self.claim} ({names})"


@frozen
class Impact:
    """What a retraction would do to the claims its chain touches; nothing is written."""

    lost: tuple[Stated, ...]
    weakened: tuple[Stated, ...]
    unaffected: tuple[Stated, ...]

    def __str__(self) -> str:
        lists = (("lost", self.lost), ("weakened", self.weakened), ("unaffected", self.unaffected))
        return "\n".join(f"{name}: {'; '.join(map(str, claims)) or 'none'}" for name, claims in lists)


@frozen
class Accusation:
    """An accusation and where the accused stands: `position` is none, silence, no_comment, question, deny or affirm;
    `asked_at` is when a newsroom asked for comment, microseconds since 1970 UTC, None if no request is recorded."""

    claim: Stated
    accused: Party
    position: str
    asked_at: int | None

    @property
    def is_answered(self) -> bool:
        return self.position in ("deny", "affirm")

    def __str__(self) -> str:
        words = {
            "none": "has no response on record",
            "silence": "is reported not to have commented",
            "no_comment": "declined to comment",
            "question": "questioned it",
            "deny": "denied it",
            "affirm": "confirmed it",
        }[self.position]
        asked = "was asked" if self.asked_at is not None else "no request for comment is recorded"
        return f"{self.claim}: {self.accused} {words}; {asked}"
