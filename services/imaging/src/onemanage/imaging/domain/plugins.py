"""Pillow's plugins, imported before children are forked.

Pillow imports them when the first image is opened or saved; in a fresh child that is
every image, and takes up to twice as long as a thumbnail where no bytecode is kept.
"""

from PIL import Image

Image.init()
