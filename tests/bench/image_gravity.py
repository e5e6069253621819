"""How much of a subject each gravity keeps, of what a cut of that shape can keep at all.

    make bench NAME=image_gravity

36 composites whose subject is known, each cut so that the subject lies off the middle;
cuts of a third and of half of the longer side. CPU is of one look at half a megapixel.
"""

import time

import cv2
import numpy as np

from onemanage.contracts.imaging.operations.geometry import Crop
from onemanage.contracts.imaging.operations.values import Gravity
from onemanage.imaging.domain.background.network import installed_weights
from onemanage.imaging.domain.operations import Context
from onemanage.imaging.domain.operations.gravity import window
from onemanage.imaging.domain.picture import Picture
from tests.bench.parts.composites import composites

GRAVITIES: tuple[Gravity, ...] = ("centre", "attention", "subject")
SHARES = (1 / 3, 1 / 2)


def main() -> None:
    """Print the mean and the worst share, and milliseconds."""
    weights = installed_weights()
    kept: dict[str, list[float]] = {name: [] for name in GRAVITIES}
    spent: dict[str, float] = dict.fromkeys(GRAVITIES, 0.0)
    looks = 0
    for number, one in enumerate(composites(range(36), (816, 612))):
        chance = np.random.default_rng(number)
        side = int(one.image.shape[1] * 0.2)
        cut = slice(side, None) if chance.random() < 0.5 else slice(None, -side)
        image, alpha = np.ascontiguousarray(one.image[:, cut]), one.alpha[:, cut]
        height, width = image.shape[:2]
        for share in SHARES:
            inner = max(1, round(width * share)), height
            most = _most(alpha, inner[0])
            looks += 1
            for name in GRAVITIES:
                operation = Crop(width=inner[0], height=inner[1], gravity=name)
                context = Context(weights=weights)
                begin = time.process_time()
                left, _, _ = window(Picture(frames=(image,)), inner, operation, context)
                spent[name] += time.process_time() - begin
                found = float(alpha[:, left : left + inner[0]].sum())
                kept[name].append(found / most)
    for name in GRAVITIES:
        mean, worst = np.mean(kept[name]), np.min(kept[name])
        whole = np.mean(np.array(kept[name]) > 0.97)
        print(
            f"{name:10} mean {mean:.3f} worst {worst:.3f} over .97: {whole:.2f} "
            f"{spent[name] / looks * 1000:.0f} ms"
        )


def _most(
    alpha: np.ndarray[tuple[int, ...], np.dtype[np.float32]], width: int
) -> float:
    columns = alpha.sum(axis=0, dtype=np.float64)
    total = np.concatenate([[0.0], np.cumsum(columns)])
    return float((total[width:] - total[:-width]).max())


if __name__ == "__main__":
    cv2.setNumThreads(1)
    main()
