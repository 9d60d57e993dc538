"""Sets the program up in this clone, once, and starts it or its tests. Needs nothing but a Python from 3.11 to 3.13.

python3 packaging/dev.py run [ARGUMENTS]     set up, then the program: the window, or a command such as `models list`
python3 packaging/dev.py test [ARGUMENTS]    set up with the test tools, then all checks and pytest
python3 packaging/dev.py setup               only set up
"""

# Parsed by whatever `python3` is, so the syntax of this file is older than that of the others.

import hashlib
import os
import sys

PACKAGING = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(PACKAGING)
VENV = os.path.join(ROOT, ".venv")
PYTHON = os.path.join(VENV, "Scripts", "python.exe") if os.name == "nt" else os.path.join(VENV, "bin", "python")

OLDEST = (3, 11)
NEWEST = (3, 13)

PINNED = {
    "run": ("constraints-tools.txt", "constraints-build.txt", "constraints.txt"),
    "test": ("constraints-tools.txt", "constraints-build.txt", "constraints.txt", "constraints-test.txt"),
}
"""The files a kind of set-up follows from."""


def main(arguments):
    # type: (list[str]) -> int
    """See the module's docstring. Returns the exit code; on POSIX the program replaces this process."""
    command = arguments[0] if arguments else ""
    if command not in ("run", "test", "setup"):
        sys.stderr.write(__doc__ or "")
        return 0 if command in ("-h", "--help") else 2
    kind = "test" if command == "test" else "run"
    if not is_ready(kind):
        complaint = wrong_python()
        if complaint:
            sys.stderr.write(complaint)
            return 3
        import setup_steps  # only now: the second start does without it

        code = setup_steps.set_up(kind)
        if code:
            return code
    if command == "run":
        return become([PYTHON, "-m", "desktop", *arguments[1:]])
    if command == "test":
        import setup_checks

        return setup_checks.run(PYTHON, ROOT, arguments[1:])
    return 0


def is_ready(kind):
    # type: (str) -> bool
    """Whether the last set-up of this kind finished and nothing it follows from has changed since."""
    try:
        with open(stamp(kind), encoding="utf-8") as file:
            key, _, built_with = file.read().partition("\n")
    except OSError:
        return False
    # Without CMAKE_ARGS the present build stays, whatever it was made with: who chose once need not say it each time.
    same_build = os.environ.get("CMAKE_ARGS", built_with) == built_with
    return key == fingerprint(kind) and same_build and os.path.exists(PYTHON)


def stamp(kind):
    # type: (str) -> str
    """The file that says a set-up finished."""
    return os.path.join(VENV, "ready-" + kind)


def fingerprint(kind):
    # type: (str) -> str
    """Changes when the pinned files or the steps do."""
    digest = hashlib.sha256()
    for name in PINNED[kind] + ("setup_steps.py",):
        with open(os.path.join(PACKAGING, name), "rb") as file:
            digest.update(file.read().replace(b"\r\n", b"\n"))
    return digest.hexdigest()


def wrong_python():
    # type: () -> str
    """What to do when this Python cannot run the program; empty when it can."""
    if OLDEST <= sys.version_info[:2] <= NEWEST:
        return ""
    names = [f"python3.{minor}" for minor in range(NEWEST[1], OLDEST[1] - 1, -1)]
    found = [name for name in names if _answers(name)]
    say = f"This is Python {sys.version_info[0]}.{sys.version_info[1]}, but Python 3.11, 3.12 or 3.13 is needed"
    if found:
        return f"{say}. You have one: {found[0]} {' '.join(sys.argv)}\n"
    return f"{say}: install python3.11, python3.12 or python3.13, then start this again with it.\n"


def _answers(name):
    # type: (str) -> bool
    """Whether a Python of this name starts; a name alone may be a version manager's empty promise."""
    import subprocess

    try:
        with open(os.devnull, "w") as nowhere:
            return subprocess.call([name, "-c", ""], stdout=nowhere, stderr=nowhere) == 0
    except OSError:
        return False


def become(command):
    # type: (list[str]) -> int
    """Run the command in place of this process; on Windows, which cannot, as a child whose exit code is ours."""
    if os.name != "nt":
        sys.stdout.flush()
        os.execv(command[0], command)
    import subprocess

    child = subprocess.Popen(command)
    while True:
        try:
            return child.wait()
        except KeyboardInterrupt:  # the child got it too and ends in its own way
            continue


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
