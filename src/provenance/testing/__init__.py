"""What you test your own code with if you embed the library. It needs the extra `testing`.

- Hypothesis strategies for every value, for sentences, and for whole worlds of records that belong together
- `check_evolution`: whether the steps between the versions of your own data on records lose nothing
- `LedgerLife`: a state machine of a ledger's whole life, to subclass with rules of your own
- `golden`: checks a corpus that was frozen at a release
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
    links,
    mentions,
    outlets,
    records,
    redactions,
    redefinitions,
    relays,
    values,
    withdrawals,
)
from provenance.testing.value_strategies import (
    extensions,
    names,
    quantities,
    seals,
    texts,
    whens,
    windows,
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
    "redefinitions",
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
