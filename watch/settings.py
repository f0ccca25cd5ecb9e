"""Settings of one installation: `watch.toml` in its home, secrets from the environment.

The home is the folder named by ZOOM_MARCHE_HOME, else `var/watch` below the current one. It
holds everything that is this installation's own: settings, database, letters, reports.

    watch.toml          what an officer may set; see config/watch.toml, every line explained
    ZOOM_MARCHE_SECRET         signs sessions and links; else `secret.key` in the home
    ZOOM_MARCHE_DATABASE       postgresql://user:password@host:port/name; else SQLite in the home
    ZOOM_MARCHE_SMTP_PASSWORD  of the mail server
    ZOOM_MARCHE_BOUNCES_PASSWORD  of the mailbox into which letters come back
    ZOOM_MARCHE_PROVIDER_KEY   of the mail provider, where one sends
    ZOOM_MARCHE_PROVIDER_SIGNING  vouches for what that provider tells of letters
    ZOOM_MARCHE_CHANNEL_CLUSTER  where a cluster's channel takes messages; see the guide
    ZOOM_MARCHE_KEY_NAME       a service's key, by the name that `source kinds` shows
"""

from __future__ import annotations

import os
import secrets
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from watch.errors import Problem, SettingsError

HOME = Path(os.environ.get("ZOOM_MARCHE_HOME") or Path.cwd() / "var" / "watch").resolve()

_DEFAULTS: dict[str, dict[str, Any]] = {
    "installation": {"language": "fr", "contact": "https://zoom-marche.example/robot"},
    "collect": {
        "workers": 2,
        "cluster": "",
        "deadline_seconds": 30,
        "most_bytes": 10_000_000,
        "most_entries": 2000,
        "pause_seconds": 1.0,
        "hosts_at_once": 100,
        "pages_a_round": 300,
        "pages_a_site": 20,
        "open_addresses": [],
        "directory": {},
    },
    "post": {
        "kind": "folder",
        "folder": "letters",
        "host": "127.0.0.1",
        "port": 25,
        "security": "none",
        "user": "",
        "letters_a_minute": 0,
        "to_a_domain_a_minute": 0,
        "only_to": [],
        "sends_from": [],
        "dkim_selector": "",
        "provider": "",
        "provider_url": "",
    },
    "bounces": {
        "address": "",
        "host": "",
        "port": 993,
        "user": "",
        "folder": "INBOX",
    },
    "privacy": {
        "visits_days": 180,
        "rounds_days": 400,
        "letters_days": 400,
        "votes_days": 800,
        "requests_days": 400,
        "left_days": 30,
        "proposed_days": 30,
        "silent_days": 1095,
    },
    "schedule": {
        "collect_every_minutes": 60,
        "tell_weekday": "thursday",
        "tell_hour": 10,
        "tell_at_latest_hours": 24,
    },
    "web": {
        "host": "127.0.0.1",
        "port": 8000,
        "names": ["127.0.0.1", "localhost"],
        "https": False,
    },
}


def _written(path: Path) -> Mapping[str, Mapping[str, Any]]:
    """Return what the officer wrote, every key known and of the right type."""
    if not path.exists():
        return {}
    try:
        tables = tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as reason:
        raise SettingsError(
            Problem(str(path), f"this is not TOML: {reason}", "compare with config/watch.toml")
        ) from reason
    problems = list(_problems(path, tables))
    if problems:
        raise SettingsError(*problems)
    return tables


def _problems(path: Path, tables: Mapping[str, Any]) -> list[Problem]:
    found = []
    for name, table in tables.items():
        known = _DEFAULTS.get(name)
        if known is None or not isinstance(table, dict):
            found.append(
                Problem(f"{path}, [{name}]", "unknown table", f"one of {', '.join(_DEFAULTS)}")
            )
            continue
        for key, value in table.items():
            if key not in known:
                found.append(
                    Problem(f"{path}, [{name}] {key}", "unknown", f"one of {', '.join(known)}")
                )
            elif not isinstance(value, _types_like(known[key])) or (
                isinstance(value, bool) and not isinstance(known[key], bool)
            ):
                wanted = type(known[key]).__name__
                found.append(
                    Problem(f"{path}, [{name}] {key}", f"{value!r} is no {wanted}", f"a {wanted}")
                )
    return found


def _types_like(default: object) -> tuple[type, ...]:
    return (int, float) if isinstance(default, float) else (type(default),)


def _secret() -> str:
    """Return the installation's secret; a home without one gets one that only its owner reads."""
    given = os.environ.get("ZOOM_MARCHE_SECRET")
    if given:
        return given
    path = HOME / "secret.key"
    if path.exists():
        return path.read_text(encoding="ascii").strip()
    if not HOME.exists():
        # Nothing is installed here yet: commands that only look must not leave a file behind.
        return secrets.token_urlsafe(48)
    fresh = secrets.token_urlsafe(48)
    _keep(fresh)
    return fresh


def _keep(secret: str) -> None:
    path = HOME / "secret.key"
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(secret)


def settle_in() -> None:
    """Make the home, and keep in it the secret with which this process signs."""
    HOME.mkdir(parents=True, exist_ok=True)
    if not os.environ.get("ZOOM_MARCHE_SECRET") and not (HOME / "secret.key").exists():
        _keep(SECRET_KEY)


def _database(address: str) -> dict[str, Any]:
    if not address:
        return {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": str(HOME / "watch.sqlite3"),
            "OPTIONS": {
                # A read that turns into a write would fail at once where another has written.
                "transaction_mode": "IMMEDIATE",
                "timeout": 30,
                "init_command": "PRAGMA journal_mode=WAL; PRAGMA foreign_keys=ON;",
            },
            "TEST": {"NAME": os.environ.get("ZOOM_MARCHE_TEST_DATABASE")},
        }
    try:
        return _postgres(address)
    except ValueError:
        # The error, and whatever led to it, would show the password.
        raise SettingsError(
            Problem(
                "ZOOM_MARCHE_DATABASE",
                "this is not the address of a PostgreSQL database (its value is not shown here)",
                "write postgresql://user:password@host:port/name, with signs such as / # ? @ in"
                " the password as %2F %23 %3F %40, or leave it empty for SQLite",
            )
        ) from None


def _postgres(address: str) -> dict[str, Any]:
    """Return what Django needs to know; raise ValueError for what is no such address."""
    parts = urlsplit(address)
    # An "@" after the host: a sign in the password ended what was taken for user and host.
    if parts.scheme not in {"postgres", "postgresql"} or "@" in "".join(parts[2:]):
        raise ValueError
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": parts.path.lstrip("/"),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": parts.hostname or "",
        "PORT": str(parts.port or ""),
        "CONN_MAX_AGE": 60,
    }


_tables = _written(HOME / "watch.toml")
WATCH: dict[str, dict[str, Any]] = {
    name: {**defaults, **_tables.get(name, {})} for name, defaults in _DEFAULTS.items()
}
"""The officer's settings over the defaults, by table."""

_KEY = "ZOOM_MARCHE_KEY_"
SERVICE_KEYS = {
    name.removeprefix(_KEY).lower(): value
    for name, value in os.environ.items()
    if name.startswith(_KEY) and value
}
"""Keys of services by lower-case name: ZOOM_MARCHE_KEY_OPENALEX -> "openalex"."""

PROVIDER_KEY = os.environ.get("ZOOM_MARCHE_PROVIDER_KEY", "")
PROVIDER_SIGNING = os.environ.get("ZOOM_MARCHE_PROVIDER_SIGNING", "")

CHANNELS = {
    name: value
    for name, value in os.environ.items()
    if name.startswith("ZOOM_MARCHE_CHANNEL_") and value
}
"""Channels of clusters by the name of their variable; who knows one may write there."""

SECRET_KEY = _secret()
DEBUG = False
ALLOWED_HOSTS = WATCH["web"]["names"]
INSTALLED_APPS = [
    "django.contrib.contenttypes",
    "django.contrib.auth",
    "django.contrib.sessions",
    "django.contrib.staticfiles",
    "watch.store",
    "watch.web",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "watch.web.middleware.headers",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "watch.web.middleware.language",
]
ROOT_URLCONF = "watch.web.urls"
WSGI_APPLICATION = "watch.web.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.jinja2.Jinja2",
        "DIRS": [Path(__file__).parent / "web" / "templates"],
        "OPTIONS": {"environment": "watch.web.pages.environment"},
    }
]
DATABASES = {"default": _database(os.environ.get("ZOOM_MARCHE_DATABASE", ""))}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 10},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "/sign-in"
LOGIN_REDIRECT_URL = "/"
LANGUAGE_CODE = WATCH["installation"]["language"]
USE_I18N = False  # our own catalogues speak; see watch/text/translate.py
USE_TZ = True
TIME_ZONE = "UTC"
STATIC_URL = "/static/"
STATICFILES_DIRS: list[Path] = []
WHITENOISE_USE_FINDERS = True
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = WATCH["web"]["https"]
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "line": {
            "()": "watch.text.logged.OneLine",
            "format": "%(asctime)s %(levelname)s %(name)s %(message)s",
        }
    },
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
    # The printer of PDF warns of every rule in a page that is meant for screens alone.
    "loggers": {"weasyprint": {"level": "ERROR"}, "fontTools": {"level": "ERROR"}},
    "root": {"handlers": ["stderr"], "level": os.environ.get("ZOOM_MARCHE_LOG", "WARNING")},
}
