"""Pure imaging code."""

import os

# OpenCV reads this once, when it is first imported. What is decoded is bounded by
# Limits; this is for whatever would come past them.
os.environ.setdefault("OPENCV_IO_MAX_IMAGE_PIXELS", str(1 << 27))
