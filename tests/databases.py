"""Databases of both kinds for the tests: each is new, and is gone when its `with` block ends."""

from __future__ import annotations

import secrets
import shutil
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from functools import cached_property
from pathlib import Path
from typing import Protocol

from attrs import frozen
from postgres_server import PostgresServer


@frozen
class Database:
    name: str
    """`sqlite` or `postgresql`."""
    url: str


class Databases(Protocol):
    """What the fixture `databases` gives, for tests that need several: one for each of Hypothesis's examples, say."""

    def empty(self) -> AbstractContextManager[Database]:
        """A database without any table."""
        ...

    def migrated(self) -> AbstractContextManager[Database]:
        """A database with an empty ledger. It is a copy of one that was migrated once, because copying is faster."""
        ...


class SqliteDatabases:
    def __init__(self, folder: Path) -> None:
        self._folder = folder

    @contextmanager
    def empty(self) -> Iterator[Database]:
        path = self._new_path()
        yield Database("sqlite", f"sqlite:///{path}")
        for file in self._folder.glob(f"{path.name}*"):  # the file with its -wal and -shm
            file.unlink()

    @contextmanager
    def migrated(self) -> Iterator[Database]:
        with self.empty() as database:
            shutil.copyfile(self._template, database.url.removeprefix("sqlite:///"))
            yield database

    @cached_property
    def _template(self) -> Path:
        path = self._new_path()
        migrate(f"sqlite:///{path}")
        return path

    def _new_path(self) -> Path:
        return self._folder / f"{secrets.token_hex(8)}.db"


class PostgresDatabases:
    def __init__(self, server: PostgresServer) -> None:
        self._server = server

    def empty(self) -> AbstractContextManager[Database]:
        return self._copy_of("template0")

    def migrated(self) -> AbstractContextManager[Database]:
        return self._copy_of(self._template)

    @contextmanager
    def _copy_of(self, template: str) -> Iterator[Database]:
        name = self._server.create_database(template=template)
        yield Database("postgresql", self._server.url_of(name))
        self._server.drop_database(name)

    @cached_property
    def _template(self) -> str:
        name = self._server.create_database()
        migrate(self._server.url_of(name))
        return name


def migrate(url: str) -> None:
    from provenance import Ledger

    Ledger.open(url).close()
