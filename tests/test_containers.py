"""The images, Compose and Kubernetes files of deploy/containers: what they name is there, and they keep the promises of gunicorn.conf.py."""
import re
import runpy
from dataclasses import fields
from pathlib import Path

import pytest
import yaml

from api import engine_options
from commands import register
from config import Settings
from tests.test_deploy import OF_GUNICORN

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / "deploy" / "containers"
DOCKERFILE = (FOLDER / "Dockerfile").read_text()
SETTINGS = {field.name.upper() for field in fields(Settings) if field.name not in ("keys", "demo")} | OF_GUNICORN | {"PGPASSWORD"}
OF_POSTGRES = {"POSTGRES_USER", "POSTGRES_DB", "POSTGRES_PASSWORD", "POSTGRES_INITDB_ARGS"}
OF_PYTHON = {"PATH", "PYTHONUNBUFFERED", "PYTHONDONTWRITEBYTECODE"}
GUNICORN = runpy.run_path(str(ROOT / "gunicorn.conf.py"))


@pytest.fixture(scope="module")
def compose():
    return yaml.safe_load((FOLDER / "compose.yaml").read_text())


@pytest.fixture(scope="module")
def cluster():
    """Kubernetes' objects by kind and name."""
    items = yaml.safe_load((FOLDER / "kubernetes.yaml").read_text())["items"]
    return {(each["kind"], each["metadata"]["name"]): each for each in items}


def pod(thing):
    return thing["spec"]["template"]["spec"]


def seconds(duration):
    return int(duration.removesuffix("s"))


def test_every_image_is_named_with_its_exact_version(compose):
    images = re.findall(r"^FROM (\S+)", DOCKERFILE, re.MULTILINE) + [service["image"] for service in compose["services"].values()]
    for image in images:
        assert image == "linli:1" or re.fullmatch(r"[a-z]+:\d+\.\d+(\.\d+)?-bookworm(-slim)?|[a-z]+:\d+\.\d+\.\d+-slim-bookworm", image), image


def test_what_python_installs_is_proved_by_its_hash_and_nobody_is_root():
    assert "--require-hashes -r /srv/linli/requirements.txt" in DOCKERFILE
    assert re.findall(r"^USER (\S+)", DOCKERFILE, re.MULTILINE) == ["10001:10001"]


def test_what_the_image_copies_is_there_and_data_stay_out():
    for copied in re.findall(r"^COPY (?!--from)(.+) \S+$", DOCKERFILE, re.MULTILINE):
        assert all((ROOT / path).exists() for path in copied.split()), copied
    left_out = (FOLDER / "Dockerfile.dockerignore").read_text().splitlines()
    assert {"instance", "demo-data", "**/*.db", "**/.env", ".git", "deploy/containers/linli.env"} <= set(left_out)
    needed = {"api", "admin", "services", "models", "clients", "commands", "migrations", "data", "miniapp_stub", "wsgi.py", "gunicorn.conf.py"}
    assert not needed & set(left_out)


def test_every_setting_is_one_that_the_code_reads(compose, cluster):
    of_image = set(re.findall(r"\b([A-Z_]{4,})=", DOCKERFILE.partition("FROM python:3.11.13-slim-bookworm\n")[2]))
    assert of_image <= SETTINGS | OF_PYTHON
    for name, service in compose["services"].items():
        assert set(service.get("environment", ())) <= (OF_POSTGRES if name == "database" else SETTINGS), name
    assert set(cluster["ConfigMap", "linli"]["data"]) <= SETTINGS
    assert set(re.findall(r"--from-literal=(\w+)", (FOLDER / "kubernetes.yaml").read_text())) <= SETTINGS
    assert "PGPASSWORD" not in cluster["ConfigMap", "linli"]["data"]


def test_every_value_starts_a_server(compose, cluster, tmp_path):
    for given in (compose["services"]["app"]["environment"], cluster["ConfigMap", "linli"]["data"]):
        settings = Settings.from_env(given | {"SECRETS_FILE": str(tmp_path / "secrets.json")})
        assert settings.database_url.startswith("postgresql://") and settings.redis_url
        assert settings.proxy_hops == 1


def test_every_command_is_one_that_there_is(app, compose, cluster):
    register(app)
    given = [service["command"] for service in compose["services"].values() if service["image"] == "linli:1" and "command" in service]
    given += [container["args"] for thing in cluster.values() if "template" in thing.get("spec", {}) for container in pod(thing)["containers"]]
    assert len(given) == 6
    for words in given:
        if words[0] == "gunicorn":
            assert words == ["gunicorn", "--config", "/srv/linli/gunicorn.conf.py"]
        else:
            assert words[:3] == ["flask", "--app", "wsgi"] and words[3] in app.cli.commands
    assert 'CMD ["gunicorn", "--config", "/srv/linli/gunicorn.conf.py"]' in DOCKERFILE


def test_probes_and_ports_are_the_servers_own(app, compose, cluster):
    container = pod(cluster["Deployment", "linli"])["containers"][0]
    probes = {name: container[name]["httpGet"] for name in ("startupProbe", "livenessProbe", "readinessProbe")}
    assert {name: probe["path"] for name, probe in probes.items()} == {
        "startupProbe": "/healthz", "livenessProbe": "/healthz", "readinessProbe": "/readyz"}  # a database that is away restarts no pod
    client = app.test_client()
    assert all(client.get(probe["path"]).status_code == 200 for probe in probes.values())
    assert "127.0.0.1:8000/readyz" in compose["services"]["app"]["healthcheck"]["test"][-1]
    port = int(re.search(r"BIND=0\.0\.0\.0:(\d+)", DOCKERFILE)[1])
    assert container["ports"] == [{"name": "http", "containerPort": port}] and port == 8000


def test_whoever_ends_has_longer_than_gunicorn_takes(compose, cluster):
    assert seconds(compose["services"]["app"]["stop_grace_period"]) > GUNICORN["graceful_timeout"]
    ends = pod(cluster["Deployment", "linli"])
    pause = int(ends["containers"][0]["lifecycle"]["preStop"]["exec"]["command"][1])
    assert ends["terminationGracePeriodSeconds"] > pause + GUNICORN["graceful_timeout"]


def test_one_pod_at_a_time_goes_and_the_migration_comes_first(compose, cluster):
    web = cluster["Deployment", "linli"]["spec"]
    assert web["strategy"]["rollingUpdate"]["maxUnavailable"] == 0
    assert cluster["PodDisruptionBudget", "linli"]["spec"] == {"maxUnavailable": 1, "selector": web["selector"]}
    for name in ("app", "worker"):
        assert compose["services"][name]["depends_on"]["migrate"] == {"condition": "service_completed_successfully"}
    assert cluster["Job", "linli-migrate-1"]["spec"]["template"]["spec"]["restartPolicy"] == "Never"


def test_everything_runs_without_a_right_and_on_a_disk_that_it_cannot_write(compose, cluster):
    for service in compose["services"].values():
        assert service["image"] != "linli:1" or (service["read_only"] and service["cap_drop"] == ["ALL"])
    for thing in cluster.values():
        if "template" in thing.get("spec", {}):
            assert pod(thing)["securityContext"]["runAsUser"] == 10001
            assert pod(thing)["containers"][0]["securityContext"] == {
                "allowPrivilegeEscalation": False, "readOnlyRootFilesystem": True, "capabilities": {"drop": ["ALL"]}}


def test_names_that_kubernetes_looks_up_are_there(cluster):
    services = {name for kind, name in cluster if kind == "Service"}
    told = (FOLDER / "kubernetes.yaml").read_text()
    secrets = set(re.findall(r"create secret generic ([a-z-]+)", told))
    for thing in cluster.values():
        assert thing["metadata"]["namespace"] == "linli"
        if "template" not in thing.get("spec", {}):
            continue
        container = pod(thing)["containers"][0]
        assert container["envFrom"] == [{"configMapRef": {"name": "linli"}}, {"secretRef": {"name": "linli"}}]
        assert {mount["name"] for mount in container["volumeMounts"]} == {volume["name"] for volume in pod(thing)["volumes"]}
        assert {volume["secret"]["secretName"] for volume in pod(thing)["volumes"] if "secret" in volume} | {"linli"} == secrets
    assert cluster["Service", "linli"]["spec"]["selector"] == cluster["Deployment", "linli"]["spec"]["template"]["metadata"]["labels"]
    paths = cluster["Ingress", "linli"]["spec"]["rules"][0]["http"]["paths"]
    leads = {path["path"]: path["backend"]["service"]["name"] for path in paths}
    assert leads == {"/metrics": "nowhere", "/": "linli"} and set(leads.values()) <= services
    assert "selector" not in cluster["Service", "nowhere"]["spec"]


def test_nginx_is_the_same_but_for_where_the_server_is(compose):
    nginx = compose["services"]["nginx"]
    old, new = re.search(r"sed 's/([^/]+)/([^/]+)/'", nginx["command"][-1]).groups()
    assert new.partition(":")[0] in compose["services"]
    assert (ROOT / "deploy" / "nginx.conf").read_text().count(old) == 1
    assert "../nginx.conf:/etc/linli/nginx.conf:ro" in nginx["volumes"]


def test_the_ingress_has_the_limits_of_nginx(cluster):
    nginx = (ROOT / "deploy" / "nginx.conf").read_text()
    told = cluster["Ingress", "linli"]["metadata"]["annotations"]
    for name, theirs in (("client_max_body_size", "proxy-body-size"), ("proxy_connect_timeout", "proxy-connect-timeout"),
                         ("proxy_read_timeout", "proxy-read-timeout"), ("proxy_next_upstream", "proxy-next-upstream"),
                         ("proxy_next_upstream_tries", "proxy-next-upstream-tries")):
        ours = re.search(rf"^\s+{name} ([^;]+);", nginx, re.MULTILINE)[1]
        assert told[f"nginx.ingress.kubernetes.io/{theirs}"] == (ours.removesuffix("s") if theirs.endswith("timeout") else ours)


def test_the_role_has_behind_pgbouncer_what_linli_asks_for_itself():
    told = (ROOT / "deploy" / "pgbouncer.ini").read_text()
    ours = engine_options("postgresql://linli@database/linli")["connect_args"]["options"]
    asked = dict(word.split("=") for word in ours.split() if word != "-c")
    assert dict(re.findall(r"ALTER ROLE linli SET (\w+) = '(\w+)';", told)) == asked
    assert {"pool_mode = session", "ignore_startup_parameters = options"} <= set(told.splitlines())
