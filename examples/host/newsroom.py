"""A content system with a ledger in its own database: `python examples/host/newsroom.py [URL]`.

It has its tables and its Alembic history, the ledger has others, and what the editors publish goes into both in one
transaction: a story stands with what it rests on, or not at all. Without a URL the database is an SQLite file in a
temporary folder.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))  # the content system's own modules

from alembic import command  # noqa: E402
from alembic.config import Config  # noqa: E402
from models import Sentence, Story  # noqa: E402
from sqlalchemy import Engine, create_engine, func, select  # noqa: E402
from sqlalchemy.orm import Session  # noqa: E402

from provenance import Ledger, Source, add_hooks, anonymous, outlet, person  # noqa: E402

OUTLET = outlet("The Harbour Gazette")


def alembic_config(engine: Engine) -> Config:
    config = Config()
    config.set_main_option("script_location", str(HERE / "history").replace("%", "%%"))
    config.attributes["engine"] = engine
    return config


def set_up(engine: Engine, schema: str | None = None) -> None:
    """The content system's tables, and the ledger's beside them; brings both up to date where they are there."""
    command.upgrade(alembic_config(engine), "head")
    Ledger.install(engine, schema=schema)


def publish(
    session: Session, story: Story, reported: list[tuple[str, Source]], *, schema: str | None = None
) -> None:
    """Adds a story with what it reports, to both, in the session's transaction, which is left open."""
    session.add(story)
    with Ledger.open(session, schema=schema).begin(by="The Harbour Gazette's content system") as desk:
        published = desk.document(OUTLET, url=story.url, title=story.headline)
        for text, source in reported:
            recorded = desk.record(text, source=source, found_in=published)
            story.sentences.append(Sentence(text=text, assertion=recorded.assertion.id))


def main(url: str | None = None, schema: str | None = None) -> None:
    with tempfile.TemporaryDirectory() as folder:
        engine = add_hooks(create_engine(url or f"sqlite:///{folder}/cms.db"))
        try:
            run(engine, schema)
        finally:
            engine.dispose()


def run(engine: Engine, schema: str | None) -> None:
    set_up(engine, schema)
    with Session(engine) as session:
        story = Story(url="https://example.org/bridge", headline="Bridge closed")
        reported = [
            ("The bridge is closed", person("Ada Moss")),
            ("A cable has snapped", anonymous("two dock workers", count=2)),
        ]
        publish(session, story, reported, schema=schema)
        session.commit()
    with Session(engine) as session:
        withdrawn = Story(url="https://example.org/never", headline="Bridge sold")
        publish(session, withdrawn, [("The bridge was sold", person("Nobody"))], schema=schema)
        session.rollback()  # neither the story nor the claim was ever there
    tell(engine, schema)


def tell(engine: Engine, schema: str | None) -> None:
    ledger = Ledger.open(engine, schema=schema)
    with Session(engine) as session:
        for story in session.scalars(select(Story)):
            print(story.headline)
            for sentence in story.sentences:
                print(f"  {sentence.text}")
        stories = session.scalar(select(func.count()).select_from(Story))
    print(f"{stories} story; {ledger.unsupported().count()} claims lack support:")
    for unsupported in ledger.unsupported():
        print(unsupported)


if __name__ == "__main__":
    main(*sys.argv[1:])
