"""The client: how it is set, and what it can do."""

from __future__ import annotations

from functools import cached_property
from types import TracebackType
from typing import TYPE_CHECKING

from onemanage.client._async.transport import AsyncTransport
from onemanage.client.settings import settings

if TYPE_CHECKING:
    import httpx

    from onemanage.client._async import operations
    from onemanage.client._async.datasets import AsyncDatasets
    from onemanage.client._async.files import AsyncFiles
    from onemanage.client._async.images import AsyncImages
    from onemanage.client._async.imports import AsyncImports
    from onemanage.client._async.merges import AsyncMerges
    from onemanage.client._async.psd import AsyncPsd
    from onemanage.client._async.tasks import AsyncTasks
    from onemanage.client._async.templates import AsyncTemplates
    from onemanage.client._async.uploads import AsyncUploads


class AsyncOneManage:
    """A client of one workspace, by its key.

    The key is ``api_key`` or ONEMANAGE_API_KEY; an API key, or the token of a session.
    The server is at ``url`` or ONEMANAGE_URL, else where ``make up`` listens.
    ``timeout`` is how many seconds the line may say nothing (60), ``retries`` how often
    a request is sent again at most (4). ``http`` brings connections with settings of
    their own, such as a proxy or certificates; it is not closed here.

    Use it in ``async with``, or ``await client.close()`` at the end. A resource is loaded
    when it is first used: whoever asks for a file need not wait for all that there is.
    """

    def __init__(
        self,
        api_key: str | None = None,
        *,
        url: str | None = None,
        timeout: float | None = None,
        retries: int | None = None,
        http: httpx.AsyncClient | None = None,
    ) -> None:
        self._open(AsyncTransport(settings(api_key, url, timeout, retries), http))

    def _open(self, transport: AsyncTransport) -> None:
        self.transport = transport

    @cached_property
    def audit(self) -> operations.AsyncAudit:
        """Who did what."""
        from onemanage.client._async import operations

        return operations.AsyncAudit(self)

    @cached_property
    def datasets(self) -> AsyncDatasets:
        """Tables that were loaded."""
        from onemanage.client._async.datasets import AsyncDatasets

        return AsyncDatasets(self)

    @cached_property
    def dead_letters(self) -> operations.AsyncDeadLetters:
        """What nobody could settle."""
        from onemanage.client._async import operations

        return operations.AsyncDeadLetters(self)

    @cached_property
    def events(self) -> operations.AsyncEvents:
        """What happens, as it happens."""
        from onemanage.client._async import operations

        return operations.AsyncEvents(self)

    @cached_property
    def files(self) -> AsyncFiles:
        """What was uploaded."""
        from onemanage.client._async.files import AsyncFiles

        return AsyncFiles(self)

    @cached_property
    def fonts(self) -> operations.AsyncFonts:
        """What templates are set in."""
        from onemanage.client._async import operations

        return operations.AsyncFonts(self)

    @cached_property
    def health(self) -> operations.AsyncHealth:
        """Whether the server is well."""
        from onemanage.client._async import operations

        return operations.AsyncHealth(self)

    @cached_property
    def images(self) -> AsyncImages:
        """Recipes, backgrounds, analyses, addresses."""
        from onemanage.client._async.images import AsyncImages

        return AsyncImages(self)

    @cached_property
    def imports(self) -> AsyncImports:
        """Tables from files."""
        from onemanage.client._async.imports import AsyncImports

        return AsyncImports(self)

    @cached_property
    def invitations(self) -> operations.AsyncInvitations:
        """People who are asked to come."""
        from onemanage.client._async import operations

        return operations.AsyncInvitations(self)

    @cached_property
    def keys(self) -> operations.AsyncKeys:
        """API keys."""
        from onemanage.client._async import operations

        return operations.AsyncKeys(self)

    @cached_property
    def limits(self) -> operations.AsyncLimits:
        """What the workspace may use, and has used."""
        from onemanage.client._async import operations

        return operations.AsyncLimits(self)

    @cached_property
    def me(self) -> operations.AsyncMe:
        """Whose key it is."""
        from onemanage.client._async import operations

        return operations.AsyncMe(self)

    @cached_property
    def members(self) -> operations.AsyncMembers:
        """People of the workspace."""
        from onemanage.client._async import operations

        return operations.AsyncMembers(self)

    @cached_property
    def merges(self) -> AsyncMerges:
        """A picture of each row of a table."""
        from onemanage.client._async.merges import AsyncMerges

        return AsyncMerges(self)

    @cached_property
    def previews(self) -> operations.AsyncPreviews:
        """Small images behind links that end."""
        from onemanage.client._async import operations

        return operations.AsyncPreviews(self)

    @cached_property
    def psd(self) -> AsyncPsd:
        """Documents, and what is in them."""
        from onemanage.client._async.psd import AsyncPsd

        return AsyncPsd(self)

    @cached_property
    def retention(self) -> operations.AsyncRetention:
        """How long things are kept."""
        from onemanage.client._async import operations

        return operations.AsyncRetention(self)

    @cached_property
    def sessions(self) -> operations.AsyncSessions:
        """Logging in and out."""
        from onemanage.client._async import operations

        return operations.AsyncSessions(self)

    @cached_property
    def tasks(self) -> AsyncTasks:
        """What is being done."""
        from onemanage.client._async.tasks import AsyncTasks

        return AsyncTasks(self)

    @cached_property
    def templates(self) -> AsyncTemplates:
        """Documents with slots."""
        from onemanage.client._async.templates import AsyncTemplates

        return AsyncTemplates(self)

    @cached_property
    def tiles(self) -> operations.AsyncTiles:
        """Large pictures, piece by piece."""
        from onemanage.client._async import operations

        return operations.AsyncTiles(self)

    @cached_property
    def uploads(self) -> AsyncUploads:
        """Files in parts, one by one."""
        from onemanage.client._async.uploads import AsyncUploads

        return AsyncUploads(self)

    @cached_property
    def webhooks(self) -> operations.AsyncWebhooks:
        """Addresses that are told what happens."""
        from onemanage.client._async import operations

        return operations.AsyncWebhooks(self)

    @cached_property
    def workspaces(self) -> operations.AsyncWorkspaces:
        """Those that one is in."""
        from onemanage.client._async import operations

        return operations.AsyncWorkspaces(self)

    def with_options(
        self,
        *,
        api_key: str | None = None,
        timeout: float | None = None,
        retries: int | None = None,
    ) -> AsyncOneManage:
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

    async def close(self) -> None:
        """Close its connections."""
        await self.transport.close()

    async def __aenter__(self) -> AsyncOneManage:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self.close()

    def __repr__(self) -> str:
        return f"<{type(self).__name__} of {self.url}>"
