#!/usr/bin/env bash
# safetensors saves a transposed NumPy array with its numbers in another order, silently.
#
# safetensors 0.8.0, NumPy flavour (save_file and save). A transposed or Fortran-ordered array is written in the order
# of its memory under its logical shape: what comes back has the right shape and permuted numbers, and nothing is
# raised. Of a strided slice the entries between those chosen are written. The cure is np.asarray(a, order="C") before
# saving (np.ascontiguousarray would turn arrays of no axes into arrays of one).
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
"${PYTHON:-python3}" -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q --disable-pip-version-check safetensors==0.8.0 numpy==2.4.6
"$folder/venv/bin/python" - <<'PYTHON'
import numpy as np
import safetensors
from safetensors.numpy import load, load_file, save, save_file
import tempfile

print("safetensors", safetensors.__version__, "NumPy", np.__version__)
a = np.arange(6.0).reshape(2, 3)
with tempfile.TemporaryDirectory() as folder:
    save_file({"transposed": a.T, "fortran": np.asfortranarray(a)}, f"{folder}/a.safetensors")
    loaded = load_file(f"{folder}/a.safetensors")
print("saved", a.T.tolist(), "loaded", loaded["transposed"].tolist())
print("saved", a.tolist(), "loaded", loaded["fortran"].tolist())
assert loaded["transposed"].tolist() == [[0.0, 1.0], [2.0, 3.0], [4.0, 5.0]] != a.T.tolist()
assert loaded["fortran"].tolist() == [[0.0, 3.0, 1.0], [4.0, 2.0, 5.0]] != a.tolist()
assert load(save({"t": a.T}))["t"].tolist() != a.T.tolist()
strided = load(save({"t": a[:, ::2]}))["t"]
print("saved", a[:, ::2].tolist(), "loaded", strided.tolist())
assert strided.tolist() == [[0.0, 1.0], [2.0, 3.0]] != a[:, ::2].tolist()
assert load(save({"t": np.asarray(a.T, order="C")}))["t"].tolist() == a.T.tolist()
PYTHON
