"""Plugins of Pillow and codecs of imagecodecs, imported before children are forked.

Both import them when the first image is opened or saved; in a fresh child that is
every image, and takes up to twice as long as a thumbnail where no bytecode is kept.
"""

import imagecodecs
from PIL import Image

Image.init()
for _name in (
    "deflate_encode",
    "isal_encode",
    "jpeg8_encode",
    "png_decode",
    "webp_decode",
):
    getattr(imagecodecs, _name)  # which imports its codec
