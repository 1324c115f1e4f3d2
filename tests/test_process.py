from __future__ import annotations

import subprocess
import sys


def run(code: str) -> str:
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, env={}
    )
    return done.stdout.strip()


def test_preparing_a_process_imports_no_torch_and_can_be_repeated() -> None:
    assert (
        run(
            "import sys\n"
            "from flowengine.process import prepare_process\n"
            "prepare_process(); prepare_process()\n"
            "print('torch' in sys.modules)"
        )
        == "False"
    )


def test_a_busy_process_lets_waiting_threads_sleep() -> None:
    code = (
        "import os\n"
        "from flowengine.process import prepare_process\n"
        "prepare_process(threads=2, busy={busy})\n"
        "print(os.environ['OMP_NUM_THREADS'], os.environ.get('OMP_WAIT_POLICY'))"
    )
    assert run(code.format(busy=True)) == "2 passive"
    assert run(code.format(busy=False)) == "2 None"


def test_a_busy_machine_is_noticed() -> None:
    code = (
        "import os\n"
        "os.cpu_count = lambda: 2\n"
        "from flowengine import process\n"
        "process._runnable_others = lambda: {others}\n"
        "process.prepare_process()\n"
        "print(os.environ.get('OMP_WAIT_POLICY'))"
    )
    assert run(code.format(others=1)) == "passive"
    assert run(code.format(others=0)) == "None"


def test_what_the_user_set_stays() -> None:
    code = (
        "import os\n"
        "os.environ['OMP_NUM_THREADS'] = '7'\n"
        "from flowengine.process import prepare_process\n"
        "prepare_process(threads=2)\n"
        "print(os.environ['OMP_NUM_THREADS'])"
    )
    assert run(code) == "7"


def test_another_platform_is_left_alone() -> None:
    code = (
        "import sys, ctypes\n"
        "from flowengine.process import prepare_process\n"
        "sys.platform, ctypes.CDLL = 'darwin', None\n"
        "prepare_process()\n"
        "print('fine')"
    )
    assert run(code) == "fine"
