"""Questions: what a ledger can be asked, of everything recorded so far or as of a moment."""

from __future__ import annotations

from collections.abc import Callable

from provenance.answers.accusations import Accusation
from provenance.answers.agents import AgentSummary
from provenance.answers.assertions import AssertionSummary
from provenance.answers.assessments import Verdict
from provenance.answers.chains import Trace
from provenance.answers.changes import Change
from provenance.answers.circular import Circle
from provenance.answers.claims import ClaimSummary
from provenance.answers.conflicts import Conflict, SelfContradiction
from provenance.answers.documents import Refound, Version
from provenance.answers.explanations import Explainable, Explanation
from provenance.answers.lists import Answers
from provenance.answers.support import Impact, Independence, Support, Unsupported
from provenance.database.store import Store
from provenance.materialized.limits import DEFAULT, Limits
from provenance.questions import (
    accusations,
    agents,
    changes,
    circular,
    claims,
    conflicts,
    documents,
    finding,
    records,
    retractions,
    unsupported,
)
from provenance.questions.asking import Asked, Asker
from provenance.questions.bounds import EVERYTHING, Bounds
from provenance.values.records import Record


class Questions:
    """Every question. What the words of the answers mean is said in docs/semantics.md.

    What a question is about can be given as a record, as its id, or as a claim, agent or assertion out of an answer.
    Lists are `Answers`: they come in the order of recording, equal on every database, and are read page by page as they
    are iterated. Tuples come in the order of recording too, unless the question says otherwise.

    Every question about a record raises `errors.NotRecorded` where the ledger does not hold it, `errors.InvalidValue`
    where it is of another type, or where a keyword has an unknown word; and every question about a claim
    `errors.UnknownReference` where the claim was withdrawn, or was recorded only after the moment that is asked about.
    """

    def __init__(
        self, store: Store, bounds: Bounds = EVERYTHING, *, now: Callable[[], int], limits: Limits = DEFAULT
    ) -> None:
        self._store = store
        self._limits = limits
        self._asker = Asker(store, bounds, limits, now)

    # About one claim --------------------------------------------------------------------------------------------

    def support(self, claim: Asked) -> Support:
        """How well a claim is grounded: its grade, its flags, how many independent origins it has, and which.

        The rules are in docs/semantics.md, Support and Independence.
        """
        return claims.support(self._asker, claim)

    def trace(self, claim: Asked) -> Trace:
        """All assertions on a claim with the chains that lead to them, amended assertions too.

        Each chain runs from its origin to the publisher. At most 100 chains are given, for their number can double with
        every relay.
        """
        return claims.trace(self._asker, claim)

    def origins(self, claim: Asked) -> tuple[AssertionSummary, ...]:
        """The assertions that a claim rests on in the end (docs/semantics.md, Derived sets)."""
        return self.support(claim).origins

    def position(self, holder: Asked, claim: Asked) -> str:
        """Where an agent stands on a claim: affirm, deny, no_comment, silence, question or none.

        An agent who speaks for another has the other's position. Where the latest assertions, made at one time,
        disagree, deny goes before affirm (docs/semantics.md, Derived sets).
        """
        return claims.position(self._asker, holder, claim)

    def chokepoints(self, claim: Asked, *, by: str = "agent") -> tuple[AgentSummary, ...]:
        """The agents without whose assertions the claim would have no origin left (docs/semantics.md, Independence).

        With by="group" the sides are given, each by the agent at its head: all agents of a side are known to speak with
        one voice.
        """
        return claims.chokepoints(self._asker, claim, by=by)

    def impact(self, target: Asked) -> Impact:
        """What retracting an assertion, or a document with all that falls with it, would do: the claims that would be
        lost or weakened, and the documents that carry the lost ones (docs/semantics.md, Retraction impact). Nothing is
        written.

        The lists are empty where the target was withdrawn, or was recorded only after the moment asked about.
        """
        return retractions.impact(self._asker, target)

    def changes(self, claim: Asked | None = None) -> Answers[Change]:
        """What changed on the way of one claim, or of every claim in the ledger.

        Along each stated relay on one claim: the certainty rose, a quotation was loosened or its words were changed, a
        caveat was lost, or an outlet adopted the claim in its own voice (docs/semantics.md, What changes on the way).
        """
        return changes.changes(self._asker, claim)

    def explain(self, answer: Explainable) -> Explanation:
        """All that an answer rests on: its rule, and every live assertion on each claim in it, with their chains,
        relays and evidence.

        The answer is a `Support`, or one answer of a list that goes by a rule: `Unsupported`, `Conflict`,
        `SelfContradiction`, `Circle`, `Change` or `Accusation`. It is explained as of the moment that is asked about
        here, whichever moment it was an answer for.
        """
        return claims.explain(self._asker, answer)

    def assessments(self, claim: Asked) -> tuple[Verdict, ...]:
        """What editors and fact-checkers made of a claim, or of its conflicts. It enters no grade and no conflict."""
        return claims.assessments(self._asker, claim)

    # About one record -------------------------------------------------------------------------------------------

    def described(self, record: Asked) -> Record:
        """A record with all that was said of it until the moment that is asked about.

        `Extension.read` takes your own data from it. Raises `errors.NotRecorded` where the record came later.
        """
        return records.described(self._asker, record)

    # About one story --------------------------------------------------------------------------------------------

    def versions(self, document: Asked) -> tuple[Version, ...]:
        """All versions of a story, given any of them, and how its outlet changed it from one to the next.

        No version comes before the one that it supersedes; otherwise they come by the time of publication, those
        without any last (docs/semantics.md, Versions of a story).
        """
        return documents.versions(self._asker, document)

    def refound(self, document: Asked, mention: Asked | None = None) -> tuple[Refound, ...]:
        """Where quotations stand in a document's text: those of the version that it supersedes, or the one quotation of
        a mention.

        A mention whose quotation is sealed, or was not recorded, is left out. Raises `errors.InvalidValue` where the
        document was recorded without its text.
        """
        return documents.refound(self._asker, document, mention)

    # About the ledger -------------------------------------------------------------------------------------------

    def unsupported(self, kind: str = "no_evidence", *, nature: str = "factual") -> Answers[Unsupported]:
        """The claims of one nature that lack support in one of seven ways (docs/semantics.md, Support).

        - no_evidence: of grade 2 or less
        - none: of grade 0, without a live origin
        - unattributed: of grade 1
        - reported_absent: of grade 2, and an origin is reported to cite no evidence
        - anonymous_only: every accountable origin is anonymous
        - single_origin: at most one independent origin
        - uncorroborated: of a grade below 4

        `nature` is factual, evaluative or prospective.
        """
        return unsupported.unsupported(self._asker, kind, nature=nature)

    def independence(self) -> Answers[Independence]:
        """Of every claim, its grade and how many independent origins it has: an overview that names no origins."""
        return unsupported.independence(self._asker)

    def conflicts(self, *, strength: str = "definite") -> Answers[Conflict]:
        """Conflicts of polarity, value and order between different holders, and those that an editor linked
        (docs/semantics.md, Conflicts).

        They are the definite ones, or with strength="possible" the possible ones too. Conflicts about one issue stand
        together, in the order in which the claims that stand for the issues were recorded.
        """
        return conflicts.conflicts(self._asker, strength=strength)

    def divergences(self, *, strength: str = "definite") -> Answers[Conflict]:
        """Opinions and forecasts that differ, which is never a conflict (docs/semantics.md, Conflicts). Strength and
        order are as those of `conflicts`."""
        return conflicts.divergences(self._asker, strength=strength)

    def self_contradictions(self) -> Answers[SelfContradiction]:
        """Holders whose own live assertions on factual claims exclude each other (docs/semantics.md, Conflicts). The
        order is that of `conflicts`."""
        return conflicts.self_contradictions(self._asker)

    def circular(self, *kinds: str) -> Answers[Circle]:
        """Circular reporting (docs/semantics.md, Circular reporting).

        The kinds are feedback_loop, misreported_source and ungrounded_loop, unless others are named: common_origin and
        suspected_common_origin are frequent, and only given if they are. Several kinds come one after the other.
        """
        return circular.circular(self._asker, *kinds)

    def resting_on(self, agent: Asked) -> Answers[ClaimSummary]:
        """The claims on which an agent made a live assertion, or a live assertion that rests on one of the agent's at
        any depth (docs/semantics.md, Independence)."""
        return agents.resting_on(self._asker, agent)

    def rests_on(self, agent: Asked, *, by: str = "agent") -> dict[str, tuple[ClaimSummary, ...]]:
        """The claims that depend on an agent, or with by="group" on the agent's side (docs/semantics.md, Independence).

        Under "origin" the claims of which every origin is theirs, under "chokepoint" those of which no origin would be
        left without them. A claim can be under both.
        """
        return agents.rests_on(self._asker, agent, by=by)

    def accusations(self) -> Answers[Accusation]:
        """Every claim by which somebody accuses an agent, and where the accused stands (docs/semantics.md, Right of
        reply). A claim that accuses two agents gives two answers."""
        return accusations.accusations(self._asker)

    def unanswered(self) -> Answers[Accusation]:
        """The accusations that neither the accused nor who speaks for them has affirmed or denied (docs/semantics.md,
        Right of reply)."""
        return accusations.unanswered(self._asker)

    def find(
        self,
        words: str | None = None,
        *,
        subject: str | None = None,
        outlet: Asked | str | None = None,
        source: Asked | str | None = None,
        limit: int = 50,
    ) -> tuple[ClaimSummary | AgentSummary, ...]:
        """The first claims that fit everything that is given, up to `limit`; with words alone agents too.

        - `words`: all of them stand in the claim, or in the agent's names and description. The database's full-text
          search looks them up, without regard to case and accents
        - `subject`: the name of what the claim is about
        - `outlet`: an agent, or the name of any, in whose documents the claim was found
        - `source`: an agent, or the name of any, who took a stance on the claim and did not only relay it

        Raises `errors.InvalidValue` where nothing is given, or words that hold no letter or digit.
        """
        return finding.find(self._asker, words, subject=subject, outlet=outlet, source=source, limit=limit)

    def counts(self) -> dict[str, int]:
        """How many records of each type the ledger holds now, by the type's name; types without any are left out."""
        return records.counts(self._asker)
