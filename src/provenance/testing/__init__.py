"""For the tests of those who embed the library, in the extra `testing`.

- Hypothesis strategies for every value, for sentences and for whole worlds
- `check_evolution`: whether the steps between versions of what you attach to records lose nothing
- `LedgerLife`: a state machine of the ledger, to subclass with rules of your own
- `golden`: a corpus frozen at a release, and checked ever after
- `fixtures`: a plugin for pytest, with an engine on SQLite and PostgreSQL
"""

from provenance.testing.corpora import CorpusChanged, answers, golden
from provenance.testing.evolution import EvolutionBroken, Upcasting, check_evolution
from provenance.testing.lives import LedgerLife
from provenance.testing.short_forms import sentences
from provenance.testing.strategies import (
    agents,
    amendments,
    anchors,
    any_links,
    assertions,
    assessments,
    attributes,
    chains,
    claims,
    comment_requests,
    documents,
    entities,
    evidence,
    extensions,
    links,
    mentions,
    names,
    outlets,
    quantities,
    records,
    redactions,
    relays,
    seals,
    texts,
    values,
    whens,
    windows,
    withdrawals,
)
from provenance.testing.worlds import World, worlds

__all__ = [
    "CorpusChanged",
    "EvolutionBroken",
    "LedgerLife",
    "Upcasting",
    "World",
    "agents",
    "amendments",
    "anchors",
    "answers",
    "any_links",
    "assertions",
    "assessments",
    "attributes",
    "chains",
    "check_evolution",
    "claims",
    "comment_requests",
    "documents",
    "entities",
    "evidence",
    "extensions",
    "golden",
    "links",
    "mentions",
    "names",
    "outlets",
    "quantities",
    "records",
    "redactions",
    "relays",
    "seals",
    "sentences",
    "texts",
    "values",
    "whens",
    "windows",
    "withdrawals",
    "worlds",
]
