"""Questions about what the data-import service owns: none yet."""

from onemanage.data_import.store import Store
from onemanage.platform.queries import Answerer

QUERIES: tuple[Answerer[Store], ...] = ()
