"""Pillow's plugins, imported before children are forked.

Pillow imports them when the first image is opened or saved; in a fresh child that is
every image, and takes longer than a thumbnail.
"""

from PIL import Image

Image.init()
