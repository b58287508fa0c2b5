#!/usr/bin/env bash
# SCIPY_ARRAY_API=0 switches the array API dispatch of SciPy on.
#
# SciPy 1.17.1 asks whether the environment variable SCIPY_ARRAY_API has a text, and "0" is one. With it set to 0 the
# functions of scipy.special are no ufuncs any more, and an object that answers __array_ufunc__ is refused before it
# is asked, as with 1.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
"${PYTHON:-python3}" -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q --disable-pip-version-check scipy==1.17.1 numpy==2.4.6
for setting in "" 0 1; do
    [[ -n "$setting" ]] && export SCIPY_ARRAY_API=$setting
    "$folder/venv/bin/python" - <<'PYTHON'
import os

import numpy as np
import scipy
import scipy.special


class Answers:
    def __array_ufunc__(self, *args, **kwargs):
        return "was asked"


setting = os.environ.get("SCIPY_ARRAY_API")
is_ufunc = isinstance(scipy.special.gammaln, np.ufunc)
try:
    answer = scipy.special.gammaln(Answers())
except TypeError as error:
    answer = f"TypeError: {error}"
print(f"SciPy {scipy.__version__}, SCIPY_ARRAY_API={setting}: gammaln is a ufunc: {is_ufunc}; {answer}")
assert is_ufunc == (setting is None)
assert (answer == "was asked") == (setting is None)
PYTHON
done
