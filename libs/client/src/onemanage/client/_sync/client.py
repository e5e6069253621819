"""The client: how it is set, and what it can do."""

from __future__ import annotations

from functools import cached_property
from types import TracebackType
from typing import TYPE_CHECKING

from onemanage.client._sync.transport import Transport
from onemanage.client.settings import settings

if TYPE_CHECKING:
    import httpx

    from onemanage.client._sync import operations
    from onemanage.client._sync.datasets import Datasets
    from onemanage.client._sync.files import Files
    from onemanage.client._sync.images import Images
    from onemanage.client._sync.imports import Imports
    from onemanage.client._sync.merges import Merges
    from onemanage.client._sync.psd import Psd
    from onemanage.client._sync.tasks import Tasks
    from onemanage.client._sync.templates import Templates
    from onemanage.client._sync.uploads import Uploads


class OneManage:
    """A client of one workspace, by its key.

    The key is ``api_key`` or ONEMANAGE_API_KEY; an API key, or the token of a session.
    The server is at ``url`` or ONEMANAGE_URL, else where ``make up`` listens.
    ``timeout`` is how many seconds the line may say nothing (60), ``retries`` how often
    a request is sent again at most (4). ``http`` brings connections with settings of
    their own, such as a proxy or certificates; it is not closed here.

    Use it in ``with``, or ``client.close()`` at the end. A resource is loaded
    when it is first used: whoever asks for a file need not wait for all that there is.
    """

    def __init__(
        self,
        api_key: str | None = None,
        *,
        url: str | None = None,
        timeout: float | None = None,
        retries: int | None = None,
        http: httpx.Client | None = None,
    ) -> None:
        self._open(Transport(settings(api_key, url, timeout, retries), http))

    def _open(self, transport: Transport) -> None:
        self.transport = transport

    @cached_property
    def audit(self) -> operations.Audit:
        """Who did what."""
        from onemanage.client._sync import operations

        return operations.Audit(self)

    @cached_property
    def datasets(self) -> Datasets:
        """Tables that were loaded."""
        from onemanage.client._sync.datasets import Datasets

        return Datasets(self)

    @cached_property
    def dead_letters(self) -> operations.DeadLetters:
        """What nobody could settle."""
        from onemanage.client._sync import operations

        return operations.DeadLetters(self)

    @cached_property
    def events(self) -> operations.Events:
        """What happens, as it happens."""
        from onemanage.client._sync import operations

        return operations.Events(self)

    @cached_property
    def files(self) -> Files:
        """What was uploaded."""
        from onemanage.client._sync.files import Files

        return Files(self)

    @cached_property
    def fonts(self) -> operations.Fonts:
        """What templates are set in."""
        from onemanage.client._sync import operations

        return operations.Fonts(self)

    @cached_property
    def health(self) -> operations.Health:
        """Whether the server is well."""
        from onemanage.client._sync import operations

        return operations.Health(self)

    @cached_property
    def images(self) -> Images:
        """Recipes, backgrounds, analyses, addresses."""
        from onemanage.client._sync.images import Images

        return Images(self)

    @cached_property
    def imports(self) -> Imports:
        """Tables from files."""
        from onemanage.client._sync.imports import Imports

        return Imports(self)

    @cached_property
    def invitations(self) -> operations.Invitations:
        """People who are asked to come."""
        from onemanage.client._sync import operations

        return operations.Invitations(self)

    @cached_property
    def keys(self) -> operations.Keys:
        """API keys."""
        from onemanage.client._sync import operations

        return operations.Keys(self)

    @cached_property
    def limits(self) -> operations.Limits:
        """What the workspace may use, and has used."""
        from onemanage.client._sync import operations

        return operations.Limits(self)

    @cached_property
    def me(self) -> operations.Me:
        """Whose key it is."""
        from onemanage.client._sync import operations

        return operations.Me(self)

    @cached_property
    def members(self) -> operations.Members:
        """People of the workspace."""
        from onemanage.client._sync import operations

        return operations.Members(self)

    @cached_property
    def merges(self) -> Merges:
        """A picture of each row of a table."""
        from onemanage.client._sync.merges import Merges

        return Merges(self)

    @cached_property
    def previews(self) -> operations.Previews:
        """Small images behind links that end."""
        from onemanage.client._sync import operations

        return operations.Previews(self)

    @cached_property
    def psd(self) -> Psd:
        """Documents, and what is in them."""
        from onemanage.client._sync.psd import Psd

        return Psd(self)

    @cached_property
    def retention(self) -> operations.Retention:
        """How long things are kept."""
        from onemanage.client._sync import operations

        return operations.Retention(self)

    @cached_property
    def sessions(self) -> operations.Sessions:
        """Logging in and out."""
        from onemanage.client._sync import operations

        return operations.Sessions(self)

    @cached_property
    def tasks(self) -> Tasks:
        """What is being done."""
        from onemanage.client._sync.tasks import Tasks

        return Tasks(self)

    @cached_property
    def templates(self) -> Templates:
        """Documents with slots."""
        from onemanage.client._sync.templates import Templates

        return Templates(self)

    @cached_property
    def tiles(self) -> operations.Tiles:
        """Large pictures, piece by piece."""
        from onemanage.client._sync import operations

        return operations.Tiles(self)

    @cached_property
    def uploads(self) -> Uploads:
        """Files in parts, one by one."""
        from onemanage.client._sync.uploads import Uploads

        return Uploads(self)

    @cached_property
    def webhooks(self) -> operations.Webhooks:
        """Addresses that are told what happens."""
        from onemanage.client._sync import operations

        return operations.Webhooks(self)

    @cached_property
    def workspaces(self) -> operations.Workspaces:
        """Those that one is in."""
        from onemanage.client._sync import operations

        return operations.Workspaces(self)

    def with_options(
        self,
        *,
        api_key: str | None = None,
        timeout: float | None = None,
        retries: int | None = None,
    ) -> OneManage:
        """Another client over the same connections, otherwise set."""
        now = self.transport.settings
        other = object.__new__(type(self))
        changed = settings(
            now.api_key if api_key is None else api_key,
            now.url,
            now.timeout if timeout is None else timeout,
            now.retries if retries is None else retries,
        )
        other._open(self.transport.with_settings(changed))
        return other

    @property
    def url(self) -> str:
        """Where the server is."""
        return self.transport.settings.url

    def close(self) -> None:
        """Close its connections."""
        self.transport.close()

    def __enter__(self) -> OneManage:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"<{type(self).__name__} of {self.url}>"
