"""All who follow events at this process, and the events of the last moments.

What is told is told once, by the feed. Whose workspace it is of is looked at before
anybody is given it.
"""

from collections import Counter, defaultdict, deque
from collections.abc import Collection, Iterator
from contextlib import contextmanager

from onemanage.gateway.events.entries import Entry, Wanted
from onemanage.gateway.events.followers import (
    NOT_ALLOWED,
    STOPPING,
    Follower,
    put_back,
)
from onemanage.platform.messaging.stored_events import EventAt

RECENT = 4096
"""Events that are kept: who was away for a moment finds them here."""
_RECENT_BYTES = 8 << 20


class Hub:
    """Of one process."""

    def __init__(self) -> None:
        self.last = 0
        """The place of the last event that was told."""
        self._before = 0
        """Everything told after this place is among the recent."""
        self._recent: deque[Entry] = deque()
        self._recent_bytes = 0
        self._all: set[Follower] = set()
        self._live: defaultdict[str, set[Follower]] = defaultdict(set)
        self._counts: Counter[str] = Counter()
        self._is_begun = self._is_closed = False

    def begin(self, place: int) -> None:
        """What is told next follows this place. Where something was told before, an
        older store was put back, and places mean other events from now on.
        """
        was_begun, self._is_begun = self._is_begun, True
        self._recent.clear()
        self._recent_bytes = 0
        self.last = self._before = place
        if was_begun:
            for follower in self._all:
                follower.place = place
                follower.say(put_back(place))

    def recall(self, event: EventAt) -> None:
        """For whoever was away before this process was there."""
        self._keep(Entry(event))

    def hear(self, event: EventAt) -> None:
        """An event that was just stored: keep it for a while, and tell who wants it."""
        entry = Entry(event)
        self._keep(entry)
        if self._live and (head := entry.head) is not None:
            for follower in self._live.get(head.workspace_id, ()):
                follower.give(entry)

    def close(self) -> None:
        """Let go of all, so that they come again elsewhere."""
        self._is_closed = True
        for follower in self._all:
            follower.end(STOPPING)

    # ---- those who follow ------------------------------------------------------------

    def count(self, workspace_id: str) -> int:
        """How many follow this workspace."""
        return self._counts[workspace_id]

    @contextmanager
    def held(self, follower: Follower) -> Iterator[None]:
        """Inside it is counted, and told when it has to end."""
        workspace_id = follower.wanted.workspace_id
        self._all.add(follower)
        self._counts[workspace_id] += 1
        if self._is_closed:
            follower.end(STOPPING)
        try:
            with follower.beating():
                yield
        finally:
            self._all.discard(follower)
            self._counts[workspace_id] -= 1
            if not self._counts[workspace_id]:
                del self._counts[workspace_id]

    @contextmanager
    def live(self, follower: Follower) -> Iterator[None]:
        """Inside it is given what is told from now on, after its place."""
        workspace_id = follower.wanted.workspace_id
        self._live[workspace_id].add(follower)
        try:
            yield
        finally:
            self._live[workspace_id].discard(follower)
            if not self._live[workspace_id]:
                del self._live[workspace_id]

    def keys(self) -> set[bytes]:
        """The hashes of the keys and tokens that they came with."""
        return {follower.key_hash for follower in self._all}

    def keep_only(
        self, good: Collection[tuple[bytes, str]], asked: Collection[bytes]
    ) -> None:
        """Of those with the keys that were asked about, end all but the good ones in
        their workspaces."""
        for follower in self._all:
            key = follower.key_hash, follower.wanted.workspace_id
            if follower.key_hash in asked and key not in good:
                follower.end(NOT_ALLOWED, at_once=True)

    # ---- what was told ---------------------------------------------------------------

    def reaches_back_to(self, place: int) -> bool:
        """Whether all that was told after this place is here."""
        return place >= self._before

    def after(self, place: int, wanted: Wanted, most: int) -> list[Entry]:
        """The first of those after this place that are wanted, or end what is."""
        found: deque[Entry] = deque(maxlen=most)
        for entry in reversed(self._recent):
            if entry.sequence <= place:
                break
            if wanted.has(entry) or wanted.ends_with(entry):
                found.appendleft(entry)
        return list(found)

    def _keep(self, entry: Entry) -> None:
        self.last = entry.sequence
        self._recent.append(entry)
        self._recent_bytes += len(entry.payload)
        while len(self._recent) > RECENT or self._recent_bytes > _RECENT_BYTES:
            oldest = self._recent.popleft()
            self._recent_bytes -= len(oldest.payload)
            self._before = oldest.sequence
