"""Questions about what the imaging service owns: none yet."""

from onemanage.imaging.store import Store
from onemanage.platform.queries import Answerer

QUERIES: tuple[Answerer[Store], ...] = ()
