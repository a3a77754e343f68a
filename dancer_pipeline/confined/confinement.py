"""What the process that decodes strangers' videos must not do: take all memory, use the network.

MediaPipe reports its use to its maker's server and has no switch against that, so the network is
closed twice: by a proxy that leads nowhere, on every system, and on Linux by the kernel.
"""

import ctypes
import os
import resource
import struct
import sys

PROXY_TO_NOWHERE = {
    **dict.fromkeys(
        ("http_proxy", "https_proxy", "HTTPS_PROXY", "ALL_PROXY"), "http://127.0.0.1:9"
    ),
    "no_proxy": "",
    "NO_PROXY": "",
}
"""Variables that lead the library's requests to a port on this machine where nobody listens."""

_PR_SET_NO_NEW_PRIVS, _PR_SET_SECCOMP, _SECCOMP_MODE_FILTER = 38, 22, 2
_LOAD, _JUMP_IF_EQUAL, _RETURN = 0x20, 0x15, 0x06
_ALLOW, _REFUSE = 0x7FFF0000, 0x00050000 | 13  # EACCES
_SYSCALL_AT, _ARCHITECTURE_AT, _FIRST_ARGUMENT_AT = 0, 4, 16
_INTERNET_FAMILIES = (2, 10)
_SOCKET_SYSCALLS = {"x86_64": (0xC000003E, 41), "aarch64": (0xC00000B7, 198)}
"""Per machine: what the kernel calls its architecture, and the number of `socket`."""


class _Program(ctypes.Structure):
    _fields_ = (("length", ctypes.c_ushort), ("instructions", ctypes.c_void_p))


def confine(memory_limit_bytes: int | None) -> None:
    """Confine this process, for good, as far as the system offers it."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    if sys.platform == "linux":
        if memory_limit_bytes is not None:
            resource.setrlimit(resource.RLIMIT_DATA, (memory_limit_bytes, memory_limit_bytes))
        _forbid_internet(os.uname().machine)


def _forbid_internet(machine: str) -> None:
    """Have the kernel refuse internet sockets to this process; an old kernel may not do so."""
    if machine not in _SOCKET_SYSCALLS:
        return
    instructions = ctypes.create_string_buffer(_filter(*_SOCKET_SYSCALLS[machine]))
    program = _Program(len(instructions) // 8, ctypes.addressof(instructions))
    libc = ctypes.CDLL(None)
    libc.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
    libc.prctl(_PR_SET_SECCOMP, _SECCOMP_MODE_FILTER, ctypes.byref(program), 0, 0)


def _filter(architecture: int, socket_syscall: int) -> bytes:
    """Write the kernel's filter program: each jump counts the instructions that it skips."""
    ipv4, ipv6 = _INTERNET_FAMILIES
    return b"".join(
        struct.pack("<HBBI", code, if_true, if_false, value)
        for code, if_true, if_false, value in (
            (_LOAD, 0, 0, _ARCHITECTURE_AT),
            (_JUMP_IF_EQUAL, 0, 5, architecture),
            (_LOAD, 0, 0, _SYSCALL_AT),
            (_JUMP_IF_EQUAL, 0, 3, socket_syscall),
            (_LOAD, 0, 0, _FIRST_ARGUMENT_AT),
            (_JUMP_IF_EQUAL, 2, 0, ipv4),
            (_JUMP_IF_EQUAL, 1, 0, ipv6),
            (_RETURN, 0, 0, _ALLOW),
            (_RETURN, 0, 0, _REFUSE),
        )
    )
