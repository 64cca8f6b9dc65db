"""The gate as a process, judging by the rules of a folder alone: what `bench.gate_throughput` runs for a small pack.

It is the service itself; only where its rules come from differs.
"""

import sys
from pathlib import Path

from chassis.host import Assembly, Host
from chassis.main import run
from services.compliance.loader import load_pack
from services.compliance.service import service
from services.compliance.settings import ComplianceSettings


async def build(own: ComplianceSettings, host: Host) -> Assembly:
    """Nothing beside the gate; raises WrongRules."""
    return Assembly(service=service(load_pack([Path(sys.argv[1])]).rules))


if __name__ == "__main__":
    run("compliance", build, ComplianceSettings)
