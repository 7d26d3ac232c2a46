"""Support: how well a claim is grounded, and what retracting an assertion would do to it."""

from __future__ import annotations

from typing import NamedTuple

from attrs import field, frozen

from provenance.answers.assertions import AssertionSummary
from provenance.answers.chains import Chain
from provenance.answers.claims import ClaimSummary
from provenance.answers.documents import DocumentSummary
from provenance.rules.catalogue import RULES
from provenance.values.ids import RecordId


@frozen
class Support:
    """How well a claim is grounded (docs/semantics.md, Support and Independence).

    - `grade`: 0 (no origin), 1 (unattributed), 2 (bare), 3 (evidenced) or 4 (corroborated)
    - `lo`, `hi`: how many independent origins the claim has, at least and at most
    - `flags`: in alphabetical order, such as contested or single_origin
    - `origins`: the assertions that the claim rests on in the end, in the order of recording
    - `independent`: one set of `lo` origins that are independent beyond doubt
    - `amended`: the affirmations of the claim that were taken back or put right, in the order of recording
    - `chains`: how the live assertions on the claim lead down to its origins
    """

    claim: ClaimSummary
    grade: int
    lo: int
    hi: int
    flags: tuple[str, ...]
    origins: tuple[AssertionSummary, ...]
    independent: tuple[AssertionSummary, ...]
    amended: tuple[AssertionSummary, ...]
    chains: tuple[Chain, ...] = field(repr=False)
    rule = RULES["support"]

    def __str__(self) -> str:
        return "\n".join([str(self.claim), *(f"  {line}" for line in self.lines())])

    def lines(self) -> list[str]:
        """One line a chain, one for each affirmation that was taken back, and last what they come to."""
        standing = {step.id for chain in self.chains for step in chain.steps}
        taken_back = [str(assertion) for assertion in self.amended if assertion.id not in standing]
        return [*map(str, self.chains), *taken_back, self._summary()]

    def _summary(self) -> str:
        """ "one origin, bare (grade 2), contested"."""
        unsaid = ("single_origin", "no_live_origin", "recanted")  # the words for the origins say so already
        notes = [flag.replace("_", " ") for flag in self.flags if flag not in unsaid]
        return "; ".join([self._origins(), f"{GRADES[self.grade]} (grade {self.grade})", *notes])

    def _origins(self) -> str:
        if self.origins:
            count = str(self.hi) if self.lo == self.hi else f"{self.lo} to {self.hi}"
            return {"0": "no accountable origin", "1": "one origin"}.get(count, f"{count} origins")
        if "recanted" in self.flags:
            return "who said so denies it now"
        if self.amended:
            return "nobody stands by it any more"
        return (
            "no origin: whoever says so has it from others"
            if "no_live_origin" in self.flags
            else "nobody says so"
        )


GRADES = ("no origin", "unattributed", "bare", "evidenced", "corroborated")
"""The names of the grades 0 to 4."""


class Independence(NamedTuple):
    """A claim's id, its grade, and how many independent origins it has at least and at most, as its `Support` gives
    them. Of merged claims it is the canonical one's id."""

    claim: RecordId
    grade: int
    lo: int
    hi: int

    def __str__(self) -> str:
        count = str(self.hi) if self.lo == self.hi else f"{self.lo} to {self.hi}"
        number = "one independent origin" if count == "1" else f"{count} independent origins"
        return f"claim {self.claim}: {number}, {GRADES[self.grade]} (grade {self.grade})"


@frozen
class Unsupported:
    """A claim on a list of the unsupported: the kind that was asked for, and the claim's support."""

    kind: str
    support: Support

    @property
    def claim(self) -> ClaimSummary:
        """The claim that the support is of."""
        return self.support.claim

    @property
    def rule(self) -> str:
        """The rule of this kind, in a sentence."""
        return RULES[self.kind]

    def __str__(self) -> str:
        return str(self.support)


@frozen
class Impact:
    """What retracting an assertion would do to the claims that its chain touches (docs/semantics.md, Retraction
    impact).

    - `lost`: claims whose grade would fall to 0
    - `weakened`: claims whose grade, `lo` or `hi` would fall
    - `unaffected`: the other claims that the chain touches
    - `documents`: those in which the live assertions on the lost claims were found

    All in the order of recording.
    """

    lost: tuple[ClaimSummary, ...]
    weakened: tuple[ClaimSummary, ...]
    unaffected: tuple[ClaimSummary, ...]
    documents: tuple[DocumentSummary, ...]

    def __str__(self) -> str:
        lists = (("lost", self.lost), ("weakened", self.weakened), ("unaffected", self.unaffected))
        lines = [f"{name}: {'; '.join(map(str, claims)) or 'none'}" for name, claims in lists]
        carried = (
            [f"the lost claims stand in: {'; '.join(map(str, self.documents))}"] if self.documents else []
        )
        return "\n".join([*lines, *carried])
