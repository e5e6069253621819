"""Which pictures of a workspace show nearly the same, by their hashes.

Whether two hashes differ in few bits cannot be looked up, but whether they share a part
can. A hash is cut into 16 chunks of 16 bits; of two hashes that differ in at most 31
bits, some chunk differs in at most one. So each hash is stored with the keys of its
chunks, and asked for with those keys and all that differ from one of them in one bit:
16 x 17 keys, which find every hash up to 31 bits away, and by chance nearly all up to
48. What is found is then compared bit by bit. (Norouzi, Punjani and Fleet, "Fast search
in Hamming space with multi-index hashing", CVPR 2012.)

The statements that do so are in the service's ``hashes.py``.
"""

from onemanage.contracts.imaging.analysis import PerceptualHash

CHUNKS = 16
CHUNK_BITS = 16

WHOLE_LIMIT = 31
"""Bits between two whole pictures; the measure of PDQ's authors."""

CROP_LIMIT = 60
"""Bits where a window is one of the two. Different pictures are 90 or more apart in
all of the 21 x 21 comparisons of two files that were measured."""

LEAST_QUALITY = 50
"""A hash of less says nothing: empty pictures would all be duplicates."""


def parts(hashed: PerceptualHash) -> list[str]:
    """What is stored of a picture, a row each: the whole first. Empty where its quality
    is too low to say anything."""
    return [hashed.pdq, *hashed.crops] if hashed.quality >= LEAST_QUALITY else []


def stored_keys(pdq: str) -> list[int]:
    """One key for each chunk: the chunk's place above its bits."""
    bits = int(pdq, 16)
    return [
        place << CHUNK_BITS | bits >> place * CHUNK_BITS & (1 << CHUNK_BITS) - 1
        for place in range(CHUNKS)
    ]


def asked_keys(hashed: PerceptualHash) -> list[int]:
    """The keys of all parts, and those that are one bit away; sorted."""
    exact = {key for pdq in parts(hashed) for key in stored_keys(pdq)}
    flipped = {key ^ 1 << bit for key in exact for bit in range(CHUNK_BITS)}
    return sorted(exact | flipped)


def near(one: str, other: str) -> int:
    """How many of the 256 bits differ. Up to 31 is the same picture; 128 is chance."""
    return (int(one, 16) ^ int(other, 16)).bit_count()


def compare(one: PerceptualHash, other: PerceptualHash) -> tuple[int, str] | None:
    """Distance, and whether ``whole`` or ``crop`` matched; None where they differ.

    What the search in the table answers, for two pictures at hand.
    """
    if not parts(one) or not parts(other):
        return None
    distance = near(one.pdq, other.pdq)
    if distance <= WHOLE_LIMIT:
        return distance, "whole"
    closest = min(near(a, b) for a in parts(one) for b in parts(other))
    return (closest, "crop") if closest <= CROP_LIMIT else None
