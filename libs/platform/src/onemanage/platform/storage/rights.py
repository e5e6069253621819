"""Which keys of the bucket each service may read and write.

SeaweedFS is told so in its file of identities: one for each service, beside the
operator's, which makes the bucket. Another S3 is told by whoever runs it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Rights:
    """Beginnings of keys. What is read may be listed, what is written deleted."""

    reads: tuple[str, ...]
    writes: tuple[str, ...]


_WORKER = Rights(("files/", "artifacts/"), ("artifacts/",))
_ALL = ("files/", "artifacts/", "previews/", "images/")
RIGHTS: Mapping[str, Rights] = {
    "gateway": Rights(("",), ("files/",)),
    "psd": Rights(
        ("files/", "artifacts/", "images/", "renders/"), ("artifacts/", "renders/")
    ),
    "imaging": Rights(_ALL, _ALL),
    "data_import": _WORKER,
    "preview": Rights(("files/", "artifacts/", "previews/"), ("previews/",)),
}
"""The gateway hands out all that there is, and asks for /readyz whether the bucket is
there, which takes the right to read all of it. imaging is the one that deletes files,
and what is left of a workspace (its deletion.py)."""
OPERATOR = "operator"
_OPERATOR_MAY = ("Admin", "Read", "Write", "List", "Tagging")

type Key = tuple[str, str]
"""Id and secret."""


def identities(bucket: str, keys: Mapping[str, Key]) -> dict[str, Any]:
    """SeaweedFS's file of identities; ``keys`` are the operator's and the services'."""
    return {
        "identities": [
            {
                "name": name,
                "credentials": [
                    {"accessKey": keys[name][0], "secretKey": keys[name][1]}
                ],
                "actions": actions_of(name, bucket),
            }
            for name in (OPERATOR, *RIGHTS)
        ]
    }


def actions_of(name: str, bucket: str) -> list[str]:
    """As SeaweedFS writes them: ``Write:onemanage/files/*``."""
    if name == OPERATOR:
        return list(_OPERATOR_MAY)
    rights = RIGHTS[name]
    return [
        *(f"Read:{_under(bucket, beginning)}" for beginning in rights.reads),
        *(f"Write:{_under(bucket, beginning)}" for beginning in rights.writes),
        *(f"List:{_under(bucket, beginning)}" for beginning in rights.reads),
    ]


def _under(bucket: str, beginning: str) -> str:
    return f"{bucket}/{beginning}*" if beginning else bucket
