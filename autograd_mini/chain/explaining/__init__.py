"""A pass in words: the chain rule of one value as text, Markdown and LaTeX, checked against its gradient."""

from .explanation import Explanation as Explanation
from .surface import explain as explain
