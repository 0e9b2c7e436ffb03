"""Doors to devices: codes, cards, printers."""

import os

MOST_PIXELS = 1 << 27
"""More than any telephone takes; a file may claim a billion and cost a gigabyte."""

# the picture library reads its bound once, when it is loaded: here is before any of its users
os.environ.setdefault("OPENCV_IO_MAX_IMAGE_PIXELS", str(MOST_PIXELS))
