"""JAX, each step compiled as a whole; compiling is not timed."""

from . import with_jax

scalar_chain = with_jax.compiled(with_jax.scalar_chain)
chain = with_jax.compiled(with_jax.chain)
mlp = with_jax.compiled(with_jax.mlp)
hvp = with_jax.compiled(with_jax.hvp)
convolution = with_jax.compiled(with_jax.convolution)
