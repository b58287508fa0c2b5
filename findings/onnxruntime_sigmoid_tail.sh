#!/usr/bin/env bash
# ONNX Runtime's float32 Sigmoid is exactly 0 from -18 down.
#
# ONNX Runtime 1.32.0 (CPU), float32. Sigmoid is exactly 0 from -18 down, where the true value is 1.5e-8, and twice
# its true value at -17; a loss that takes the logarithm of it becomes infinite at scores that training reaches every
# day. Exp, Neg, Add and Reciprocal of the same runtime give the right number. For models that are exported: write log
# sigmoid as -Softplus(-x).
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
x = np.array([-10.0, -17.0, -18.0, -30.0], np.float32)
nodes = [
    helper.make_node("Sigmoid", ["x"], ["sigmoid"]),
    helper.make_node("Neg", ["x"], ["minus"]),
    helper.make_node("Exp", ["minus"], ["exp"]),
    helper.make_node("Constant", [], ["one"], value_float=1.0),
    helper.make_node("Add", ["exp", "one"], ["sum"]),
    helper.make_node("Reciprocal", ["sum"], ["composed"]),
]
graph = helper.make_graph(
    nodes,
    "tail",
    [helper.make_tensor_value_info("x", TensorProto.FLOAT, [4])],
    [helper.make_tensor_value_info(name, TensorProto.FLOAT, [4]) for name in ("sigmoid", "composed")],
)
model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 18)], ir_version=9)
onnx.checker.check_model(model, full_check=True)
session = onnxruntime.InferenceSession(model.SerializeToString(), providers=["CPUExecutionProvider"])
sigmoid, composed = session.run(None, {"x": x})
true = 1.0 / (1.0 + np.exp(-x.astype(np.float64)))
for row in zip(x, sigmoid, composed, true):
    print("x = %g: Sigmoid %.4g, composed %.4g, true %.4g" % row)
assert sigmoid[2] == 0.0 and sigmoid[3] == 0.0
assert sigmoid[1] > 2 * true[1]
assert np.allclose(composed, true, rtol=1e-5)
PYTHON
