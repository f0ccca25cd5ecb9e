"""What a module offers exists, and says what it is for."""

from __future__ import annotations

import ast
from importlib import import_module
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent


def module_name(path: Path) -> str:
    return ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")


MODULES = sorted(
    path
    for path in (ROOT / "watch").rglob("*.py")
    # `__main__` runs the terminal when it is imported.
    if path.parent.name != "migrations" and path.stem != "__main__"
)


@pytest.mark.parametrize("path", MODULES, ids=module_name)
def test_every_public_name_exists(path: Path) -> None:
    module = import_module(module_name(path))

    names = getattr(module, "__all__", ())
    assert [name for name in names if not hasattr(module, name)] == []
    assert len(set(names)) == len(names)


@pytest.mark.parametrize("path", MODULES, ids=module_name)
def test_every_public_name_and_every_module_says_what_it_is_for(path: Path) -> None:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    public = set(getattr(import_module(module_name(path)), "__all__", ()))

    silent = [
        node.name
        for node in tree.body
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef)
        and node.name in public
        and not ast.get_docstring(node)
    ]

    assert silent == []
    assert ast.get_docstring(tree) or not tree.body
