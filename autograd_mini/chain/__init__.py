"""The chain rule made visible: the trace of a pass, its drawing, and the program that draws it.

Nothing here is imported before it is asked for: training a model needs no pictures.
"""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .drawing import Drawing as Drawing, GraphTooLarge as GraphTooLarge, draw as draw
    from .events import (
        Trace as Trace,
        TraceEdge as TraceEdge,
        TraceEvent as TraceEvent,
        TraceNode as TraceNode,
        TraceScope as TraceScope,
    )
    from .explaining import Explanation as Explanation, explain as explain
    from .latex import to_latex as to_latex
    from .recording import trace as trace
    from .render import (
        RendererInfo as RendererInfo,
        RendererNotFound as RendererNotFound,
        RenderError as RenderError,
        RenderTimeout as RenderTimeout,
        RenderWarning as RenderWarning,
        renderer_info as renderer_info,
        set_renderer as set_renderer,
    )
    from .stepping import Frame as Frame, LayerStep as LayerStep, Steps as Steps, steps as steps

_HOMES = {
    **dict.fromkeys(("Drawing", "GraphTooLarge", "draw"), "drawing"),
    **dict.fromkeys(("Trace", "TraceEdge", "TraceEvent", "TraceNode", "TraceScope"), "events"),
    **dict.fromkeys(("RenderError", "RenderTimeout", "RenderWarning", "RendererInfo", "RendererNotFound"), "render"),
    **dict.fromkeys(("renderer_info", "set_renderer"), "render"),
    **dict.fromkeys(("Frame", "LayerStep", "Steps", "steps"), "stepping"),
    **dict.fromkeys(("Explanation", "explain"), "explaining"),
    "to_latex": "latex",
    "trace": "recording",
}


if not TYPE_CHECKING:  # checkers see the imports above, and so report a name that is in none of them

    def __getattr__(name: str) -> Any:
        from importlib import import_module

        if name not in _HOMES:
            raise import_module("..hints", __name__).no_attribute(__name__, name)
        return getattr(import_module(f".{_HOMES[name]}", __name__), name)


def __dir__() -> list[str]:
    return sorted({*globals(), *_HOMES})
