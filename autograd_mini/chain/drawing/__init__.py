"""A pass as a picture: which values have a card of their own, what stands on the cards, and how they are laid out."""

from .limits import GraphTooLarge as GraphTooLarge
from .surface import Drawing as Drawing, draw as draw
