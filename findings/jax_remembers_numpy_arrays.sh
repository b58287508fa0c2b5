#!/usr/bin/env bash
# An array changed in place keeps its old numbers for JAX once a jit has closed over it.
#
# JAX 0.10.2 with its default 32-bit mode. A function under jax.jit that closes over a NumPy float64 array makes JAX
# keep the array's float32 copy, by the array's identity, as long as that function lives. Every later use of the array
# outside of jit takes that copy, even jnp.asarray(w): whoever changes the array in place (an optimizer does) goes on
# computing with the old numbers. Without the jit call, or with a float32 array, the new numbers are used. The cure is
# to hand JAX a fresh copy (w.copy()).
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
"${PYTHON:-python3}" -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q --disable-pip-version-check jax==0.10.2 jaxlib==0.10.2 numpy==2.4.6
"$folder/venv/bin/python" - <<'PYTHON'
import jax
import jax.numpy as jnp
import numpy as np

print("JAX", jax.__version__, "NumPy", np.__version__)


def later_uses(dtype, jitted):
    w = np.ones(3, dtype)
    f = jax.jit(lambda x: x * w)  # the copy lives as long as it does
    if jitted:
        f(jnp.ones(3))
    else:
        jnp.ones(3) * w
    w *= 5.0
    seen = (jnp.ones(3) * w).tolist(), jnp.asarray(w).tolist(), (jnp.ones(3) * w.copy()).tolist()
    print(f"{np.dtype(dtype).name}, {'after a jit' if jitted else 'no jit'}: x * w, asarray(w), x * w.copy() =", *seen)
    return [s[0] for s in seen]


assert later_uses(np.float64, jitted=True) == [1.0, 1.0, 5.0]
assert later_uses(np.float64, jitted=False) == [5.0, 5.0, 5.0]
assert later_uses(np.float32, jitted=True) == [5.0, 5.0, 5.0]
PYTHON
