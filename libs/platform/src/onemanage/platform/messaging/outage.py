"""A server that is away: which errors say so, and how long to wait for it.

Such an error says nothing about the work that met it. Whoever is at work waits and
tries again, and no attempt is counted; else a restart of PostgreSQL would use up the
attempts of everything that was under way.

    https://www.postgresql.org/docs/17/errcodes-appendix.html
"""

from collections.abc import Iterator

from asyncpg import InternalClientError, PostgresError
from botocore.exceptions import BotoCoreError, ClientError
from botocore.exceptions import ConnectionError as S3ConnectionError
from botocore.exceptions import HTTPClientError
from nats.errors import Error as NatsError

from onemanage.platform.messaging.nats import PublishUnconfirmed
from onemanage.platform.messaging.queries import QueryUnanswered

_STATES = ("08", "53", "57P")
"""Connection lost, resources exhausted, shut down or starting up."""
_AWAY = (
    ConnectionError,
    TimeoutError,
    HTTPClientError,
    InternalClientError,
    NatsError,
    PublishUnconfirmed,
    QueryUnanswered,
    S3ConnectionError,
)
FROM_SERVERS = (
    OSError,
    BotoCoreError,
    ClientError,
    InternalClientError,
    NatsError,
    PostgresError,
    PublishUnconfirmed,
)
"""What the servers' libraries raise; some of it means that they are away."""
_SERVER_ERROR = 500
_FIRST_PAUSE, _LONGEST_PAUSE = 1.0, 10.0


def is_outage(error: BaseException) -> bool:
    """Whether a server was out of reach; also where other errors wrap that.

    A TimeoutError is one: whoever has set a time limit of their own knows it apart.
    """
    if isinstance(error, BaseExceptionGroup):
        return all(is_outage(each) for each in error.exceptions)
    return any(_says_away(each) for each in _chain(error))


def pauses(seconds: float) -> Iterator[float]:
    """Seconds to wait before each further try, doubled up to ten; ``seconds`` in all."""
    pause = _FIRST_PAUSE
    while seconds > 0:
        yield min(pause, seconds)
        seconds -= pause
        pause = min(2 * pause, _LONGEST_PAUSE)


def _says_away(error: BaseException) -> bool:
    if isinstance(error, _AWAY):
        return True
    if isinstance(error, ClientError):  # S3 has answered, that it cannot
        status = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
        return status >= _SERVER_ERROR
    state = getattr(error, "sqlstate", None)  # asyncpg's errors
    return isinstance(state, str) and state.startswith(_STATES)


def _chain(error: BaseException) -> Iterator[BaseException]:
    """The error and what it was raised from or wraps (SQLAlchemy's ``orig``)."""
    seen: set[int] = set()
    open_ = [error]
    while open_:
        each = open_.pop()
        if id(each) in seen:
            continue
        seen.add(id(each))
        yield each
        wrapped = (each.__cause__, getattr(each, "orig", None))
        open_ += [other for other in wrapped if isinstance(other, BaseException)]
