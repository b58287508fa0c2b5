"""Backpropagation by hand: the three steps for a network of any depth, in plain NumPy, without a graph.

A network turns its input ``a⁰ = X`` (one sample a row) into its output ``aᴸ``, layer by layer::

    zˡ = aˡ⁻¹ · Wˡ + bˡ        aˡ = f(zˡ)        C = C(aᴸ, Y)

with the weights written W[input][neuron]. Its delta ``δˡ = ∂C/∂zˡ`` is the gradient of the cost by the weighted sums
of a layer, and three steps give all derivatives:

1. the delta of the last layer           δᴸ = ∂C/∂aᴸ ⊙ f'(zᴸ)
2. the delta passed back                 δˡ = (δˡ⁺¹ · Wˡ⁺¹ᵀ) ⊙ f'(zˡ)
3. the derivatives from the delta        ∂C/∂Wˡ = aˡ⁻¹ᵀ · δˡ,   ∂C/∂bˡ = the sum of the rows of δˡ

A graph of Values does the same by itself; here it stands written out, to be read and to be compared with.

References
----------
D. E. Rumelhart, G. E. Hinton, R. J. Williams. Learning representations by back-propagating errors. Nature 323, 1986.

M. Nielsen. Neural Networks and Deep Learning, chapter 2. Determination Press, 2015.

I. Goodfellow, Y. Bengio, A. Courville. Deep Learning, section 6.5. MIT Press, 2016.
"""

from .backprop import backprop as backprop, backprop_of as backprop_of
from .gradients import ManualGradients as ManualGradients
from .steps import (
    delta_of_last_layer as delta_of_last_layer,
    delta_passed_back as delta_passed_back,
    derivatives as derivatives,
)
