"""A pass step by step: the frames as data, as a table, as a page that one walks through, and as moving pictures."""

from .frames import Frame as Frame
from .layers import LayerStep as LayerStep
from .surface import Steps as Steps, steps as steps
