"""Texts that give a call away: commands, addresses, paths, code. What a model's settings say is none of these.

Written so that labels, feature names, element types, expressions to match and words in a vocabulary pass.
"""

from __future__ import annotations

import re

CHARS = 4096  # a command or a path is shorter

# As an argument of their own these are words of a system, and hardly names of a feature.
_ALONE = re.compile(
    r"id|whoami|ls|uname|hostname|ifconfig|ipconfig|calc(\.exe)?|(ba|z|da|k)?sh|cmd(\.exe)?|powershell(\.exe)?|pwsh"
    r"|reboot|shutdown|python[23]?|perl|ruby|nc|ncat|netcat|curl|wget|touch|rm|chmod|notepad(\.exe)?|xcalc"
    r"|os|sys|subprocess|builtins|shutil|socket|ctypes|posix|nt|importlib|pickle|pty|runpy"
)
# These begin a command whatever follows; the others only with an option, a path or a file.
_SURE = r"(?:ba|z|da|k)?sh|cmd(?:\.exe)?|powershell(?:\.exe)?|pwsh|sudo|curl|wget|nc|ncat|touch|rm|chmod|chown|mkdir|echo|whoami|uname|python[23]?|perl|ruby|xdg-open|nohup|rmdir|certutil|mshta|rundll32|osascript"
_MAYBE = r"cat|find|make|open|start|tar|env|id|date|kill|exec|eval|tee|cp|mv|ln|dd|node|php|java|git|pip3?|ping|ssh|scp|ls|awk|sed|xargs|base64|export|source|type|copy|del|net|reg|set|printf|sleep|crontab|apt|conda|docker|gcc"
_COMMAND = re.compile(
    rf"(?:^|[;&|\n]\s{{0,8}})(?:{_SURE})\s{{1,8}}\S"
    rf"|(?:^|[;&|\n]\s{{0,8}})(?:{_MAYBE})\s{{1,8}}[^\n]{{0,200}}?(?:/|\s-\w|>|\.\w{{1,4}}\b)|^(?:{_MAYBE})\s{{1,8}}-\w"
    rf"|\$\((?:{_SURE}|{_MAYBE})\b|`(?:{_SURE}|{_MAYBE})\b[^`\n]{{0,200}}`|[;|&]\s{{0,8}}(?:{_SURE}|id|ls)\s{{0,8}}$|>\s{{0,8}}/(?:tmp|dev|etc)\b"
)
_ADDRESS = re.compile(
    r"^[a-z][a-z0-9+.-]{1,20}://|^file:|^\\\\\w|^\d{1,3}(?:\.\d{1,3}){3}(?::\d+)?$", re.IGNORECASE
)
_PATH = re.compile(
    r"^/(?:etc|tmp|var|home|root|usr|bin|sbin|dev|proc|opt|sys|mnt|srv|run|lib|boot|Users|Volumes|private|workspace)\b"
    r"|^~\w*/|^(?:\.\./|\./)|/\.\./|^[A-Za-z]:[\\/]"
)
_FILE = re.compile(
    r"[\w./ -]{1,200}\.(?:py|pyc|sh|so|dll|dylib|exe|bat|ps1|pkl|pickle|pt|pth|h5|joblib|zip|tar|gz|db|sqlite|txt|log"
    r"|json|ya?ml|csv|html?|npy|npz|onnx|cfg|ini|toml|xml|key|pem|whl|ipynb|dat|hdf5|parquet)"
)
_CODE = re.compile(
    r"(?:^|[\s;:(=,\[])(?:import\s+(?:os|sys|subprocess|socket|shutil|pty|base64|urllib|requests|ctypes|builtins|importlib|pickle|platform|threading|http|code|runpy|tempfile|pathlib)\b|import\s+[a-z_][\w.]*\s*(?:;|\n|\sas\s)|from\s+[a-z_][\w.]*\s+import\s|(?:exec|eval|compile|open|print|getattr|system|popen)\s*\(|def\s+\w+\s*\(|lambda\b[^:\n]{0,40}:)"
    r"|\b(?:os|sys|subprocess|builtins|shutil|socket|posix|pty)[.:](?:[a-z_]\w*)|__(?:import|class|globals|builtins|subclasses|reduce|code|init|mro|base)\w*__"
)
_QUERY = re.compile(
    r"^\s*(?:select\s.+\sfrom\s|attach\s+database|drop\s+table|copy\s.+\s(?:to|from)\s|insert\s+into\s|pragma\s)",
    re.IGNORECASE,
)


def gives_away(text: str) -> bool:
    """Whether a text reads as a command, an address, a path, a file's name or code."""
    return is_strong(text) or is_file(text) or bool(_ALONE.fullmatch(text[:CHARS]))


def is_file(text: str) -> bool:
    """Whether a text is a file's name and nothing else, by an ending that models and programs have."""
    return bool(_FILE.fullmatch(text[:CHARS]))


def is_code(text: str) -> bool:
    return bool(_CODE.search(text[:CHARS]))


def is_strong(text: str) -> bool:
    """The same, without single words and bare file names, which honest classes are also given."""
    short = text[:CHARS]
    return any(pattern.search(short) for pattern in (_COMMAND, _ADDRESS, _PATH, _CODE, _QUERY))
