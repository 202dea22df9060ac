"""Commands that run the site: demo, serve, worker, init, doctor, verify, user."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any, TypeVar

import typer

from kizuki.commands.output import FAILED, Json, print_json, refuse

T = TypeVar("T")
Port = Annotated[int, typer.Option(min=1, max=65535, help="Port to listen on.")]
Host = Annotated[str, typer.Option(help="Address to listen on; 0.0.0.0 lets others in.")]
Home = Annotated[Path | None, typer.Option(help="Folder for database, files and key (else KIZUKI_HOME).")]


def say(text: str) -> None:
    """A line for the person at the terminal; what a program may read goes to standard output instead."""
    print(text, file=sys.stderr, flush=True)


def django(home: Path | None = None) -> None:
    """Start Django with the site's settings; `home` overrides KIZUKI_HOME."""
    if home is not None:
        os.environ["KIZUKI_HOME"] = str(home)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "kizuki.config.settings")
    import django as framework

    framework.setup()


def installed(home: Path | None = None) -> None:
    """Start Django on an installation that is there already. Else one line, exit code 2, and nothing is made."""
    from kizuki.config import env

    if home is not None:
        os.environ["KIZUKI_HOME"] = str(home)
    folder, begin = env.home_path(), "make one with kizuki init, or name another folder with --home or KIZUKI_HOME"
    if not os.environ.get("KIZUKI_DATABASE") and not (folder / "kizuki.sqlite3").is_file():
        refuse(f"{folder}: there is no installation here; {begin}")
    django()
    from django.db import Error, connection

    try:
        tables = connection.introspection.table_names()
    except Error as error:
        refuse(f"the database does not answer: {str(error).splitlines()[0]}")
    if "journal_entry" not in tables:
        refuse(f"{folder}: the database holds no installation; {begin}")


def prepare() -> None:
    """Bring the database to this version and gather the static files; both do nothing where nothing is to do."""
    from django.core.management import call_command

    call_command("migrate", interactive=False, verbosity=0)
    call_command("collectstatic", interactive=False, verbosity=0)


def init(home: Home = None) -> None:
    """Make or upgrade the database and load the library of cases."""
    django(home)
    from kizuki.demo.actions import load_library

    prepare()
    counts = load_library()
    say(f"Ready. Cases: {counts['added']} added, {counts['changed']} changed, {counts['same']} as they were.")


def serve(host: Host = "127.0.0.1", port: Port = 8000, home: Home = None, threads: int = 8) -> None:
    """Serve the site, with the worker for long jobs in the same process. Run `kizuki init` first."""
    if host in ("127.0.0.1", "localhost"):  # else only the person who set it up knows the address that others use
        os.environ.setdefault("KIZUKI_URL", f"http://{host}:{port}")
    django(home)
    apart(prepare)
    run(host, port, threads)


def demo(port: Port = 8000, home: Home = None) -> None:
    """Serve the demo company with all cases on 127.0.0.1; prints one-time sign-in links, one for each role."""
    if home is None and "KIZUKI_HOME" not in os.environ:
        home = Path.cwd() / "kizuki-demo"
    os.environ.setdefault("KIZUKI_URL", f"http://127.0.0.1:{port}")
    django(home)
    links = apart(fill_demo)
    print_links(links, f"http://127.0.0.1:{port}")
    run("127.0.0.1", port, 8)


def fill_demo() -> list[Any]:
    """The demo's database with all that belongs into it; gives the sign-in links."""
    say("Preparing the database …")
    prepare()
    from kizuki.demo import actions
    from kizuki.replay.actions import rank, refresh, stale

    actions.load_library()
    company = actions.load_company()
    say("Replaying the cases …")
    refresh(organisation=company, cases=stale(company))
    rank(organisation=company)
    return list(actions.sign_in_links())


def apart(work: Callable[[], T]) -> T:
    """Do some work in a process of its own and give what it gives, so that what it loads does not stay in the one that serves."""
    from multiprocessing import get_context

    with get_context("fork").Pool(1) as pool:
        return pool.apply(work)


def print_links(links: Any, site: str) -> None:
    """One line a role. Each link works once; a new start prints new ones."""
    from django.urls import reverse

    print(f"\nKizuki: {site}\nOne-time sign-in links (each works once; starting again prints new ones):", flush=True)
    for link in links:
        print(f"  {link.role:<14} {site}{reverse('accounts:first_link', args=[link.token])}", flush=True)
    print("Stop with Ctrl+C.\n", flush=True)


def run(host: str, port: int, threads: int) -> None:
    """Gunicorn with one process and a pool of threads; the job worker is one more thread of it."""
    from gunicorn.app.base import BaseApplication

    class Site(BaseApplication):  # type: ignore[misc]
        def load_config(self) -> None:
            options = {
                "bind": f"{host}:{port}",
                "workers": 1,
                "threads": threads,
                "worker_class": "gthread",
                "timeout": 120,
                "graceful_timeout": 10,
                "worker_tmp_dir": "/dev/shm" if Path("/dev/shm").is_dir() else None,  # noqa: S108 - heartbeat files only
                "loglevel": "warning",
                "post_worker_init": start_threads,
                "control_socket_disable": True,
            }
            for name, value in options.items():
                if name in self.cfg.settings and value is not None:
                    self.cfg.set(name, value)

        def load(self) -> Any:
            from kizuki.config.wsgi import application

            return application

    Site().run()


def start_threads(worker: Any) -> None:
    """Run the queue beside the site, since one process is enough to start with, and keep the map ready."""
    import threading

    from kizuki.jobs.worker import run as run_jobs
    from kizuki.replay.keeping import run as keep_ready

    stop = threading.Event()
    for name, work in (("jobs", run_jobs), ("map", keep_ready)):
        threading.Thread(target=work, kwargs={"stop": stop}, name=name, daemon=True).start()


def worker(home: Home = None) -> None:
    """Work on long jobs in a process of its own."""
    django(home)
    import signal
    import threading

    from kizuki.jobs.worker import run as run_jobs

    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())
    run_jobs(stop=stop)


def verify(home: Home = None, json: Json = False) -> None:
    """Prove that the journal is whole: every entry follows from the one before it. Exit code 1 names the first broken place."""
    installed(home)
    from kizuki.jobs.tasks import broken
    from kizuki.journal.actions import verify as verify_chain

    verdict = verify_chain()
    told = broken(verdict).en or "" if verdict.fault else ""
    if json:
        fault = (
            {"entry": verdict.fault.seq, "reason": verdict.fault.reason.value, "text": told} if verdict.fault else None
        )
        print_json({"whole": verdict.whole, "entries": verdict.count, "hash": verdict.hash, "fault": fault})
    elif verdict.fault:
        say(told)
    else:
        print(f"{verdict.count} entries, whole. Hash of the last one: {verdict.hash}")
    if verdict.fault:
        raise typer.Exit(FAILED)


def doctor(home: Home = None, json: Json = False) -> None:
    """Say what this installation is and whether its parts answer."""
    django(home)
    from django.conf import settings
    from django.db import Error, connection
    from django.db.migrations.executor import MigrationExecutor

    try:
        executor = MigrationExecutor(connection)
    except Error as error:
        refuse(f"the database does not answer: {str(error).splitlines()[0]}")
    waiting = len(executor.migration_plan(executor.loader.graph.leaf_nodes()))
    version, fault = pdf()
    if json:
        database = {"vendor": connection.vendor, "name": str(connection.settings_dict["NAME"])}
        links = {"url": settings.SITE_URL, "set": "KIZUKI_URL" in os.environ}
        print_json({
            "home": str(settings.HOME), "database": database, "waiting": waiting, "links": links,
            "pdf": {"weasyprint": version, "fault": fault},
        })  # fmt: skip
    else:
        print(f"home      {settings.HOME}")
        print(f"database  {connection.vendor} {connection.settings_dict['NAME']}")
        print(f"upgrade   {'none needed' if not waiting else f'{waiting} steps waiting: run kizuki init'}")
        print(f"links     {settings.SITE_URL} ({'KIZUKI_URL' if 'KIZUKI_URL' in os.environ else UNSET})")
        print(f"PDF       {f'WeasyPrint {version}' if version else f'not possible here: {fault}'}")
    if waiting:
        raise typer.Exit(FAILED)


#: What the doctor knows of the address where KIZUKI_URL says nothing: where a running site listens it cannot tell.
UNSET = "assumed, for KIZUKI_URL is not set; where a running site listens is not known here"


def pdf() -> tuple[str | None, str | None]:
    """The version of what makes PDFs, or why it cannot run here."""
    try:
        import weasyprint
    except (ImportError, OSError) as error:
        return None, str(error).splitlines()[0]
    return str(weasyprint.__version__), None


def user(
    email: Annotated[str, typer.Argument(help="The person's e-mail address.")],
    name: Annotated[str, typer.Option(help="Name as shown to others.")] = "",
    role: Annotated[
        str, typer.Option(help="reporter, responder, manager, executive, auditor or administrator.")
    ] = "administrator",
    home: Home = None,
) -> None:
    """Make a person, or a fresh first link for one who exists, and print the link."""
    installed(home)
    from django.conf import settings
    from django.core.exceptions import ValidationError
    from django.urls import reverse

    from kizuki.accounts import actions
    from kizuki.accounts.choices import Role
    from kizuki.accounts.models import Person

    if role not in Role.values:
        refuse(f"“{role}” is not a role; known are {', '.join(Role.values)}")
    by = "kizuki user"
    person = Person.objects.filter(email__iexact=email).first()
    try:
        if person is None:
            person = actions.create_person(email=email, name=name or email.split("@")[0], role=role, by=by)
        token = actions.make_first_link(person=person, by=by)
    except ValidationError as error:
        refuse(f"“{email}”: {' '.join(error.messages)}")
    print(f"{settings.SITE_URL}{reverse('accounts:first_link', args=[token])}")


COMMANDS = (demo, serve, worker, init, doctor, verify, user)
