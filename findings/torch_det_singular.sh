#!/usr/bin/env bash
# PyTorch's gradient of det is 0 at exactly singular matrices.
#
# PyTorch 2.13.0 (CPU). The gradient of a determinant is the matrix of cofactors. At a matrix that is exactly singular
# PyTorch gives zeros instead, without a word: for diag(1, 2, 0) the last cofactor is 2, for [[1, 2], [2, 4]] they are
# [[4, -2], [-2, 1]]. A perturbation of 1e-8 brings them.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
"${PYTHON:-python3}" -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q --disable-pip-version-check torch==2.13.0 numpy==2.4.6
"$folder/venv/bin/python" - <<'PYTHON'
import torch

print("PyTorch", torch.__version__)


def gradient(entries, shift=0.0):
    a = torch.tensor(entries, dtype=torch.float64)
    a[0, 0] += shift
    a.requires_grad_()
    torch.linalg.det(a).backward()
    return a.grad


for entries, cofactors in (
    ([[1.0, 2.0], [2.0, 4.0]], [[4.0, -2.0], [-2.0, 1.0]]),
    ([[1.0, 0.0, 0.0], [0.0, 2.0, 0.0], [0.0, 0.0, 0.0]], [[0.0, 0.0, 0.0], [0.0, 0.0, 0.0], [0.0, 0.0, 2.0]]),
):
    at, near = gradient(entries), gradient(entries, 1e-8)
    print("at", entries, "gradient", at.tolist(), "cofactors", cofactors)
    assert not at.any()
assert torch.allclose(gradient([[1.0, 2.0], [2.0, 4.0]], 1e-8), torch.tensor([[4.0, -2.0], [-2.0, 1.0]]).double(), atol=1e-6)
PYTHON
