"""Where the servers are, and the secrets to enter them."""

import base64
import hashlib
import hmac
import json
import os
import random
import secrets
import socket
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from urllib.parse import quote, urlsplit

FILE_NAME = "credentials.json"
REGION = "auto"
# As onemanage.platform.messaging.permissions has it; not imported, for it imports so much.
OPERATOR = "operator"


@dataclass(frozen=True, kw_only=True)
class Addresses:
    """All that a process needs to reach NATS, PostgreSQL and S3."""

    nats_url: str = field(repr=False)
    """The operator's, of every node, separated by commas."""
    database_admin_url: str = field(repr=False)
    s3_endpoint: str
    s3_access_key_id: str
    s3_secret_access_key: str = field(repr=False)
    database_role_secret: str = field(repr=False)
    s3_region: str = REGION
    nats_nodes: int = 1
    nats_password: str = field(default="", repr=False)
    """The operator's, where NATS is one of ours; each service's follows from it."""

    s3_is_ours: bool = False
    """It knows each service by a key that follows from the operator's."""

    def s3_keys_of(self, service: str) -> dict[str, str]:
        """Of the environment, what is a service's own; of another's S3, nothing."""
        if not self.s3_is_ours:
            return {}
        key_id, secret = s3_key_of(service, self.s3_secret_access_key)
        return {"S3_ACCESS_KEY_ID": key_id, "S3_SECRET_ACCESS_KEY": secret}

    def nats_url_of(self, service: str) -> str:
        """The same servers as the user of a service; another's server as it was given."""
        if not self.nats_password:
            return self.nats_url
        password = nats_password_of(service, self.nats_password)
        given = f"//{OPERATOR}:{self.nats_password}@"
        return self.nats_url.replace(given, f"//{service}:{password}@")

    def database_url(self, role: str) -> str:
        """The same database as one role; its password is the role's name, keyed."""
        parts = urlsplit(self.database_admin_url)
        server = parts.netloc.rpartition("@")[2]
        password = _keyed(self.database_role_secret, role)
        return parts._replace(netloc=f"{quote(role)}:{password}@{server}").geturl()

    def environment(self) -> dict[str, str]:
        """What every process may know: NATS and S3. A database is one role's own."""
        replicas = {"STREAM_REPLICAS": str(self.nats_nodes)}
        return {
            **(replicas if self.nats_nodes > 1 else {}),
            "NATS_URL": self.nats_url,
            "S3_ENDPOINT": self.s3_endpoint,
            "S3_REGION": self.s3_region,
            "S3_ACCESS_KEY_ID": self.s3_access_key_id,
            "S3_SECRET_ACCESS_KEY": self.s3_secret_access_key,
        }


def nats_password_of(user: str, operator_password: str) -> str:
    """A service's: its name, keyed by the operator's."""
    if user == OPERATOR:
        return operator_password
    return _keyed(operator_password, f"nats:{user}")


def s3_key_of(service: str, operator_secret: str) -> tuple[str, str]:
    """Id and secret: its name, and that keyed by the operator's."""
    return service, _keyed(operator_secret, f"s3:{service}")


def _keyed(secret: str, name: str) -> str:
    return hmac.new(secret.encode(), name.encode(), hashlib.sha256).hexdigest()[:32]


@dataclass(frozen=True, kw_only=True)
class Credentials:
    """Generated at the first start; kept in the data directory, for its owner's eyes."""

    nats_password: str = field(repr=False)
    database_admin_password: str = field(repr=False)
    database_role_secret: str = field(repr=False)
    s3_access_key_id: str
    s3_secret_access_key: str = field(repr=False)
    preview_signing_key: str = field(repr=False)
    owner_api_key: str = field(default="", repr=False)
    data_import_sealing_key: str = field(default="", repr=False)
    imaging_sealing_key: str = field(default="", repr=False)
    webhook_sealing_key: str = field(default="", repr=False)
    owner_password: str = field(default="", repr=False)
    """These are made at the next start for a directory that is older than it."""

    def save(self, data_dir: Path) -> None:
        """Written whole or not at all, readable for its owner alone."""
        path = data_dir / FILE_NAME
        write_private(path.with_suffix(".new"), json.dumps(asdict(self), indent=2))
        os.replace(path.with_suffix(".new"), path)

    def with_owner_api_key(self, key: str) -> "Credentials":
        """The same ones, with this key in place of the old."""
        return replace(self, owner_api_key=key)


class UnreadableCredentials(Exception):
    def __init__(self, path: Path, reason: str) -> None:
        super().__init__(
            f"{path} cannot be used: {reason}. Restore it, or start with another"
            " data directory: the data beside it can only be entered with it."
        )


def load_credentials(data_dir: Path) -> Credentials:
    """Those of the data directory, made now if it has none."""
    path = data_dir / FILE_NAME
    if path.exists():
        try:
            credentials = Credentials(**json.loads(path.read_text(encoding="utf-8")))
        except (ValueError, TypeError) as error:
            raise UnreadableCredentials(path, str(error)) from error
        missing = [name for name in _MADE if not getattr(credentials, name)]
        if missing:
            made = {name: _MADE[name]() for name in missing}
            credentials = replace(credentials, **made)
            credentials.save(data_dir)
        return credentials
    credentials = Credentials(
        nats_password=secrets.token_hex(16),
        database_admin_password=secrets.token_hex(16),
        database_role_secret=secrets.token_hex(16),
        s3_access_key_id=secrets.token_hex(10),
        s3_secret_access_key=secrets.token_hex(20),
        preview_signing_key=secrets.token_hex(32),
        **{name: make() for name, make in _MADE.items()},
    )
    credentials.save(data_dir)
    return credentials


def _sealing_key() -> str:
    return base64.b64encode(secrets.token_bytes(32)).decode()


_MADE: dict[str, Callable[[], str]] = {
    "data_import_sealing_key": _sealing_key,
    "imaging_sealing_key": _sealing_key,
    "webhook_sealing_key": _sealing_key,
    "owner_password": lambda: secrets.token_urlsafe(15),
}
"""What later releases have added, and how it is made."""


def write_private(path: Path, text: str) -> None:
    """Write a file that nobody else may read, from its first byte on."""
    path.unlink(missing_ok=True)
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with open(descriptor, "w", encoding="utf-8") as file:
        file.write(text)


# Below the range that the kernel takes ports of outgoing connections from.
PORTS = range(10_000, 32_000)
_given_out: dict[int, socket.socket] = {}
"""A name for each, which no other process on this machine can have meanwhile."""


def free_ports(count: int) -> list[int]:
    """Ports of the loopback interface that are free, never the same one twice.

    No other process that asks here is given them either while this one lives.
    """
    return [_free_port() for _ in range(count)]


def free_port_pair(distance: int) -> tuple[int, int]:
    """Two free ports of the loopback interface, this far apart."""
    first = _free_port(distance)
    return first, first + distance


def _free_port(distance: int = 0) -> int:
    """One that is free, and so is the one at ``distance`` above it."""
    for port in random.sample(PORTS[: len(PORTS) - distance], k=1000):
        wanted = {port, port + distance}
        if all(map(_is_free, wanted)) and all(map(_claim, wanted)):
            return port
    raise OSError("no free ports on 127.0.0.1")


def _claim(port: int) -> bool:
    """Between the look at a port and its server's start, somebody else may look."""
    if port in _given_out:
        return False
    name = socket.socket(socket.AF_UNIX)
    try:
        name.bind(f"\0onemanage-port-{port}")
    except OSError:
        name.close()
        return False
    _given_out[port] = name
    return True


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
        return True


def child_environment(extra: Mapping[str, str]) -> dict[str, str]:
    """This process's environment with `extra`, and with bytecode caches allowed.

    Without them each start of each service would compile every module again.
    """
    environment = {**os.environ, "PYTHONUNBUFFERED": "1", **extra}
    environment.pop("PYTHONDONTWRITEBYTECODE", None)
    return environment
