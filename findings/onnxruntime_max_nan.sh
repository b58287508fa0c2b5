#!/usr/bin/env bash
# ONNX Runtime's ReduceMax keeps or loses a nan by its place.
#
# ONNX Runtime 1.32.0 (CPU), float32. ReduceMax of numbers with one nan is nan where the nan stands first, and the
# largest of the others where it stands elsewhere. NumPy, PyTorch and JAX give nan in every case.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
"${PYTHON:-python3}" -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q --disable-pip-version-check onnx==1.23.2 onnxruntime==1.32.0 numpy==2.4.6
"$folder/venv/bin/python" - <<'PYTHON'
import numpy as np
import onnx
import onnxruntime
from onnx import TensorProto, helper

print("onnx", onnx.__version__, "ONNX Runtime", onnxruntime.__version__)
graph = helper.make_graph(
    [helper.make_node("ReduceMax", ["x"], ["y"], keepdims=0)],
    "largest",
    [helper.make_tensor_value_info("x", TensorProto.FLOAT, [3])],
    [helper.make_tensor_value_info("y", TensorProto.FLOAT, [])],
)
model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 18)], ir_version=9)
onnx.checker.check_model(model, full_check=True)
session = onnxruntime.InferenceSession(model.SerializeToString(), providers=["CPUExecutionProvider"])
results = []
for x in ([np.nan, 1.0, 2.0], [1.0, np.nan, 2.0], [1.0, 2.0, np.nan]):
    x = np.array(x, np.float32)
    results.append(float(session.run(None, {"x": x})[0]))
    print("ReduceMax of", x, "=", results[-1], "; NumPy", x.max())
assert np.isnan(results[0]) and results[1:] == [2.0, 2.0]
PYTHON
