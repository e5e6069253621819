"""Gain maps: the second picture of a JPEG that says how much brighter each place of the
first is on a display that can show it (ISO 21496-1; Ultra HDR Image Format 1.1)."""
