"""Derived sets: active, visible, live, echo, recanted, origin, holder, position, current, carried."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property

from .amendments import debunked, taken_back
from .records import Records
from .rows import Evidence
from .ties import reached
from .times import BEFORE_EVERYTHING

SHOWN = frozenset({"document", "data"})
FIRST_HAND = frozenset({"witness", "own_act"}) | SHOWN
NOT_SAYING_IT = frozenset({"deny", "question", "disavow", "no_comment", "silence"})
REACTIONS = ("disavow", "no_comment", "silence", "question")
"""At equal times in this order."""

Parents = Mapping[str, frozenset[str]]


@dataclass(frozen=True, eq=False)
class World(Records):
    """The records as of two bounds, and the sets that the law derives from them."""

    # Active, visible, live

    @cached_property
    def active(self) -> frozenset[str]:
        return self.present - taken_back(self) - self.without

    @cached_property
    def visible(self) -> frozenset[str]:
        """Observed active ones, and those reachable over stated relays through active ones."""
        observed = {a for a in self.active if self.assertions[a].observed}
        seen = reached(observed, lambda a: self.stated_parents[a] if a in self.active else ())
        return frozenset(observed | seen)

    @cached_property
    def live(self) -> frozenset[str]:
        return self.active & self.visible

    # Evidence

    @cached_property
    def debunked(self) -> frozenset[str]:
        return debunked(self)

    def is_debunked(self, item: Evidence) -> bool:
        return item.present and item.ref in self.debunked

    @cached_property
    def evidence(self) -> list[Evidence]:
        """What was noted, but for items that have been debunked: they are none."""
        return [item for item in self.noted if not self.is_debunked(item)]

    def is_evidenced(self, a: str) -> bool:
        return any(item.present for item in self.evidence if item.assertion == a)

    def is_first_hand(self, a: str) -> bool:
        """By its basis; "a document or data basis all of whose items are debunked is not first-hand"."""
        basis = self.assertions[a].basis
        shown = [item for item in self.noted if item.assertion == a and item.present]
        is_disproved = bool(shown) and all(self.is_debunked(item) for item in shown)
        return basis in FIRST_HAND and not (basis in SHOWN and is_disproved)

    # Echo

    @cached_property
    def echo(self) -> dict[str, str]:
        """On what each echo rests: a live affirmation that says nothing of whom it has the claim from, whose agent is
        on record elsewhere with it."""
        bare = frozenset(
            a
            for a in self.live
            if self.stance(a) == "affirm"
            and not self.is_first_hand(a)
            and not self.is_evidenced(a)
            and not self.stated_parents[a]
        )
        in_the_same_document = self._echoes(bare, self._is_its_document_saying, self.stated_parents)
        known_through_others = frozenset(a for a in bare if not self.assertions[a].observed)
        elsewhere = self._echoes(
            known_through_others - frozenset(in_the_same_document),
            self._is_its_agent_saying,
            self._with(in_the_same_document),
        )
        return {**in_the_same_document, **elsewhere}

    def _echoes(
        self, bare: frozenset[str], is_saying: Callable[[str, str], bool], parents: Parents
    ) -> dict[str, str]:
        found = {}
        for a in bare:
            said = {
                b
                for b in self.live - {a}
                if self.agent_of(b) == self.agent_of(a) and self.claim_of(b) == self.claim_of(a)
                if is_saying(a, b) and a not in reached([b], lambda x: parents[x])
            }
            if said:
                found[a] = min(latest(self, said))
        return found

    def _is_its_document_saying(self, a: str, b: str) -> bool:
        """(a) In the same document, another assertion of the agent that carries the claim."""
        is_one_document = bool(self.assertions[a].found_in & self.assertions[b].found_in)
        return is_one_document and is_carrying(self, b, self.stated_parents)

    def _is_its_agent_saying(self, a: str, b: str) -> bool:
        """(b) Another live affirmation of the agent, or one that carries the claim, observed and said no later."""
        is_said = self.stance(b) == "affirm" or is_carrying(self, b, self.stated_parents)
        return is_said and self.assertions[b].observed and self.said_at(b) <= self.said_at(a)

    def _with(self, echo: Mapping[str, str]) -> Parents:
        return {
            a: parents | ({echo[a]} if a in echo else frozenset())
            for a, parents in self.stated_parents.items()
        }

    @cached_property
    def parents(self) -> Parents:
        """What each assertion rests on over stated relays, an echo's included."""
        return self._with(self.echo)

    # Recanted, origin

    @cached_property
    def recanted(self) -> frozenset[str]:
        """Live affirmations of a holder who has a live deny, of the claim or of what entails it, said later than all
        its live affirms on it."""
        return frozenset(
            a
            for a in self.live
            if self.stance(a) == "affirm" and any(self.is_taking_back(d, a) for d in self.live)
        )

    def is_taking_back(self, d: str, a: str) -> bool:
        is_denial = self.stance(d) == "deny" and self.entails(self.claim_of(d), self.claim_of(a))
        affirmed = live_of(self, self.holder_of(a), self.claim_of(a), {"affirm"})
        return (
            is_denial
            and self.holder_of(d) == self.holder_of(a)
            and all(self.said_at(d) > self.said_at(b) for b in affirmed)
        )

    @cached_property
    def origins(self) -> frozenset[str]:
        return frozenset(
            a
            for a in self.live - self.recanted
            if self.stance(a) == "affirm" and (self.is_first_hand(a) or not self.parents[a])
        )


def origins_of(w: World, claim: str) -> frozenset[str]:
    """The origins of the claim and of all that entail it."""
    return frozenset(a for a in w.origins if w.entails(w.claim_of(a), claim))


# Positions


def latest(w: World, found: Iterable[str]) -> frozenset[str]:
    """Those said last; what was said at the same time stands side by side."""
    kept = frozenset(found)
    last = max((w.said_at(a) for a in kept), default=BEFORE_EVERYTHING.last)
    return frozenset(a for a in kept if w.said_at(a) == last)


def live_of(w: World, who: str, claim: str, stances: Iterable[str]) -> frozenset[str]:
    mine = (a for a in w.live if w.holder_of(a) == who and w.claim_of(a) == claim)
    return frozenset(a for a in mine if w.stance(a) in stances)


def position(w: World, who: str, claim: str) -> frozenset[str]:
    """A holder's latest live affirm or deny on a claim (at equal times both)."""
    return latest(w, live_of(w, who, claim, {"affirm", "deny"}))


def positions(w: World) -> frozenset[str]:
    keys = {(w.holder_of(a), w.claim_of(a)) for a in w.live}
    return frozenset(a for who, claim in keys for a in position(w, who, claim))


def position_asked_for(w: World, who: str, claim: str) -> str:
    """Deny before affirm; without either, the latest live disavow, no_comment, silence or question."""
    held = {w.stance(a) for a in position(w, who, claim)}
    if not held:
        held = {w.stance(a) for a in latest(w, live_of(w, who, claim, REACTIONS))}
    return next((stance for stance in ("deny", "affirm", *REACTIONS) if stance in held), "none")


Key = tuple[str, str, str, str, str | None]


def value_key(w: World, a: str) -> Key | None:
    """Holder, nature, attribute, subject and scope, of a single-valued constant or cumulative attribute."""
    structure, attribute = w.structure(w.claim_of(a)), w.attribute_of(w.claim_of(a))
    if structure is None or attribute is None:
        return None
    if attribute.cardinality != "single" or attribute.temporal not in ("constant", "cumulative"):
        return None
    nature = w.nature(w.claim_of(a))
    return (w.holder_of(a), nature, structure.attribute, structure.subject, structure.scope)


def current(w: World) -> frozenset[str]:
    """The positions that conflicts use: of those affirmed under one key, only the latest."""
    held = positions(w)
    affirmed = {a for a in held if w.stance(a) == "affirm"}

    def is_displaced(a: str) -> bool:
        key = value_key(w, a)
        return key is not None and a not in latest(w, (b for b in affirmed if value_key(w, b) == key))

    return frozenset(a for a in held if a not in affirmed or not is_displaced(a))


# Carried


def is_carrying(w: World, a: str, parents: Parents) -> bool:
    """A live relay, or a live affirmation resting on another; unless it leads to contrary stances alone."""
    rests = w.stance(a) == "affirm" and bool(parents[a] - {a})
    if a not in w.live or not (w.stance(a) == "relay" or rests):
        return False
    ends = [
        b
        for b in reached([a], lambda x: parents[x] & w.present)
        if w.claim_of(b) == w.claim_of(a) and w.stance(b) != "relay"
    ]
    return not ends or any(w.stance(b) not in NOT_SAYING_IT for b in ends)


def leads_to(w: World, a: str) -> frozenset[str]:
    """What it rests on over stated relays, at any depth, amended or not."""
    return reached([a], lambda x: w.parents[x] & w.present)


def carriers(w: World, claim: str) -> frozenset[str]:
    return frozenset(a for a in w.live if w.claim_of(a) == claim and is_carrying(w, a, w.parents))
