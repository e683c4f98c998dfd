"""Renderer: one photo, brought to life by warping it over a fitted head. No neural network draws it."""

from mien.renderers.portrait.portrait import PHOTO, Portrait, warm

__all__ = ["PHOTO", "Portrait", "warm"]
