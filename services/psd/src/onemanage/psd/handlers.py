"""What the psd service does about events of others: nothing yet."""

from onemanage.platform.events import Handler
from onemanage.psd.store import Store

HANDLERS: tuple[Handler[Store], ...] = ()
