"""onnxruntime, kept quiet and light."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any


def quiet_runtime() -> Any:
    """The module onnxruntime, kept from reporting to its makers. Import it by this function only.

    Version 1.32 writes a device id into the user's home and sends events over the network from the moment it is
    imported, unless the variable is set before. The call alone comes too late (traced: it still looks its server up);
    it is for a process in which another library imported onnxruntime first.
    """
    os.environ["ORT_DISABLE_TELEMETRY"] = "1"
    import onnxruntime

    onnxruntime.disable_telemetry_events()
    return onnxruntime


def session(model: Path | bytes, *, threads: int = 1) -> Any:
    """A network to be run. model : an .onnx file, or what it holds"""
    onnxruntime = quiet_runtime()
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    options.log_severity_level = 3
    options.enable_mem_pattern = False  # planned memory grows with every new length: 1.7 GB instead of 0.5
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")  # leave the core to the renderer
    given = model if isinstance(model, bytes) else str(model)
    return onnxruntime.InferenceSession(given, options, providers=["CPUExecutionProvider"])
