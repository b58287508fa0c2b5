#!/usr/bin/env bash
# ONNX Runtime adds up whole numbers as floating ones.
#
# ONNX Runtime 1.32.0 (CPU), models that onnx 1.23.2's full check accepts. ReduceSum of int64 rounds as float64 does:
# 2**53 + 1 + 1 + 1 comes out one too large. Where a sum leaves the type's range it stays at the largest number, while
# the operators Add and Sum, and NumPy, wrap around.
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


def run(operator, inputs, shape, **attributes):
    kinds = {np.dtype(np.int64): TensorProto.INT64, np.dtype(np.int32): TensorProto.INT32}
    kind = kinds[inputs[0].dtype]
    names = [f"x{i}" for i in range(len(inputs))]
    graph = helper.make_graph(
        [helper.make_node(operator, names, ["y"], **attributes)],
        "sums",
        [helper.make_tensor_value_info(name, kind, x.shape) for name, x in zip(names, inputs)],
        [helper.make_tensor_value_info("y", kind, shape)],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 18)], ir_version=9)
    onnx.checker.check_model(model, full_check=True)
    session = onnxruntime.InferenceSession(model.SerializeToString(), providers=["CPUExecutionProvider"])
    return session.run(None, dict(zip(names, inputs)))[0]


x = np.array([2**53, 1, 1, 1], np.int64)
got = int(run("ReduceSum", [x], [], keepdims=0))
print("ReduceSum of", x.tolist(), "=", got, "; exact", int(x.sum()))
assert got == 2**53 + 4 and int(x.sum()) == 2**53 + 3
x = np.array([2**31 - 1, 1], np.int32)
got, added = int(run("ReduceSum", [x], [], keepdims=0)), int(run("Add", [x[:1], x[1:]], [1])[0])
print("ReduceSum of", x.tolist(), "=", got, "; Add of the two =", added)
assert got == 2**31 - 1 and added == -(2**31)
PYTHON
