"""Finds what may have to be hidden. Importing this loads no network and no runtime."""

import sys
from types import ModuleType
from typing import cast

from workbench.detect.merge import merge
from workbench.detect.protocol import FLOOR, Detector, ModelInfo, Quality
from workbench.detect.registry import add_model, infos, load

# `import openvino` reports the import to its maker over the network, through this optional package.
# Nothing may leave the machine, so openvino is made to believe that it is not installed.
sys.modules.setdefault("openvino_telemetry", cast(ModuleType, None))

__all__ = ["FLOOR", "Detector", "ModelInfo", "Quality", "add_model", "infos", "load", "merge"]
