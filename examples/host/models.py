"""The tables of a small content system, as it has them without a ledger."""

from __future__ import annotations

from sqlalchemy import ForeignKey, MetaData
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship


class Base(DeclarativeBase):
    metadata = MetaData(
        naming_convention={"pk": "pk_%(table_name)s", "fk": "fk_%(table_name)s_%(column_0_name)s"}
    )


class Story(Base):
    __tablename__ = "story"

    id: Mapped[int] = mapped_column(primary_key=True)
    url: Mapped[str]
    headline: Mapped[str]
    sentences: Mapped[list[Sentence]] = relationship(back_populates="story", order_by="Sentence.id")


class Sentence(Base):
    """A sentence that reports what somebody said, with the ledger's id of that assertion."""

    __tablename__ = "sentence"

    id: Mapped[int] = mapped_column(primary_key=True)
    story_id: Mapped[int] = mapped_column(ForeignKey("story.id"))
    text: Mapped[str]
    assertion: Mapped[str]
    story: Mapped[Story] = relationship(back_populates="sentences")
