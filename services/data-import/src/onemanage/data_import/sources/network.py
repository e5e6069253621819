"""Which databases may be connected to, in words for the person who named one."""

from collections.abc import Sequence

from onemanage.data_import.sources.errors import SourceFailed
from onemanage.platform.process import outbound
from onemanage.platform.process.outbound import Network, NoSuchHost, NotAllowed


async def checked_address(host: str, port: int, allowed: Sequence[Network]) -> str:
    """An address of the host, all of whose addresses are allowed. Raises SourceFailed."""
    if not 1 <= port <= 65535:
        raise SourceFailed("database.invalid", "A port is from 1 to 65535.", str(port))
    try:
        return await outbound.checked_address(host, allowed)
    except outbound.NoHost as error:
        text = "A host is a name or an address, without scheme, user, port or path."
        raise SourceFailed("database.invalid", text, error.host) from None
    except NotAllowed as error:
        text = (
            "The host has an address in a network that is not public. Whoever runs"
            " OneManage can allow it by DATA_IMPORT_ALLOWED_NETWORKS."
        )
        raise SourceFailed("database.not_allowed", text, error.host) from None
    except NoSuchHost as error:
        text = "No such host, or its name cannot be resolved now. Check the name."
        raise SourceFailed("database.unreachable", text, error.host) from None
