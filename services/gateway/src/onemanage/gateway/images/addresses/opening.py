"""Images by address, wired for one process."""

import secrets

from onemanage.gateway.images.addresses.claims import Claims
from onemanage.gateway.images.addresses.key_store import SigningKeyStore
from onemanage.gateway.images.addresses.plans import Plans, Readers
from onemanage.gateway.images.addresses.results import Results
from onemanage.gateway.images.addresses.serving import ImageAddresses
from onemanage.gateway.images.addresses.signatures import Signatures
from onemanage.gateway.images.addresses.sources import Sources
from onemanage.gateway.limits.counting import Counting
from onemanage.gateway.limits.rates import Rates
from onemanage.gateway.presets.store import PresetStore
from onemanage.gateway.settings import GatewaySettings
from onemanage.gateway.store import Pool, Store
from onemanage.platform.messaging.nats import Client
from onemanage.platform.storage.storage import Storage


def image_addresses(
    settings: GatewaySettings,
    client: Client,
    pool: Pool,
    storage: Storage,
    rates: Rates,
    counting: Counting,
) -> ImageAddresses:
    """What several processes share is claimed; one alone needs no claims."""
    keys, store = SigningKeyStore(pool), Store(pool)
    sealing_key = settings.imaging_sealing_key
    claims = None
    if settings.gateway_replicas > 1:
        claims = Claims(client, pool, secrets.token_hex(8))
    most = settings.image_memory_bytes
    return ImageAddresses(
        keys=keys,
        signatures=Signatures(keys, sealing_key, settings.limits()),
        sources=Sources(client, store, keys, sealing_key),
        readers=Readers(),
        plans=Plans(),
        results=Results(client, storage, claims, most),
        presets=PresetStore(pool),
        store=store,
        rates=rates,
        counting=counting,
        claims=claims,
    )
