"""Training made visible: what a model makes of the plane, its cost and its gradients, epoch by epoch."""

from .making import Animation as Animation, animate as animate
