"""What addresses show of sources, images and tiles, wired for one process."""

from typing import Any

from onemanage.gateway.images.addresses.opening import image_addresses
from onemanage.gateway.limits.counting import Counting
from onemanage.gateway.limits.rates import Rates
from onemanage.gateway.settings import GatewaySettings
from onemanage.gateway.store import Pool
from onemanage.gateway.tiles.pyramids import Pyramids
from onemanage.platform.messaging.nats import Client
from onemanage.platform.storage.storage import Storage


def by_address(
    settings: GatewaySettings,
    client: Client,
    pool: Pool,
    storage: Storage,
    rates: Rates,
    counting: Counting,
) -> dict[str, Any]:
    """By the fields of the Gateway that hold it."""
    images = image_addresses(settings, client, pool, storage, rates, counting)
    pyramids = Pyramids(client, storage, images.sources, settings.public_url)
    return {"images": images, "pyramids": pyramids}
