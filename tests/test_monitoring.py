"""The files for Prometheus and Grafana name what /metrics shows, and runbooks that are there."""
import json
import re
from pathlib import Path

import pytest
import yaml

from models import db
from services.audit import last_checks
from tests.conftest import NOON

ROOT = Path(__file__).resolve().parent.parent
MONITORING = ROOT / "deploy" / "monitoring"
NAME = re.compile(r"\blinli_\w+")


@pytest.fixture
def shown(app, town):
    """The names of everything at /metrics."""
    for name in ("ledger", "audit", "backup"):
        last_checks.note(name, [], now=NOON)
    db.session.commit()
    app.extensions.pop("linli_gauges", None)
    client = app.test_client()
    client.get("/healthz")
    lines = client.get("/metrics").get_data(as_text=True).splitlines()
    return {NAME.match(line)[0] for line in lines if NAME.match(line)}


def alerts():
    [group] = yaml.safe_load((MONITORING / "alerts.yml").read_text())["groups"]
    return group["rules"]


def panels():
    return json.loads((MONITORING / "grafana.json").read_text())["panels"]


@pytest.mark.parametrize("name", ["alerts.yml", "grafana.json"])
def test_every_metric_that_is_named_exists(shown, name):
    named = set(NAME.findall((MONITORING / name).read_text()))
    assert named and named <= shown


def test_every_metric_stands_in_the_docs_and_no_other(shown):
    table = (ROOT / "docs" / "operations.md").read_text().split("## Metrics")[1].split("\n## ")[0]
    families = {re.sub(r"(_bucket|_sum|_count)$", "", name) for name in shown if not name.endswith("_created")}
    assert set(NAME.findall(table)) == families


def test_every_alert_says_how_bad_it_is_and_which_runbook_helps():
    headings = re.findall(r"^## (.+)$", (ROOT / "docs" / "runbooks.md").read_text(), re.MULTILINE)
    slugs = {re.sub(r"[^a-z0-9 -]", "", heading.lower()).replace(" ", "-") for heading in headings}
    for alert in alerts():
        assert alert["labels"]["severity"] in ("page", "ticket"), alert
        assert alert["annotations"]["summary"] and alert["annotations"]["runbook"] in slugs, alert
        assert alert["expr"].count("(") == alert["expr"].count(")") and alert["expr"].count("{") == alert["expr"].count("}")
    assert len({alert["alert"] for alert in alerts()}) == len(alerts()) > 8


def test_the_dashboard_has_panels_that_do_not_lie_on_each_other():
    places = [tuple(panel["gridPos"].values()) for panel in panels()]
    assert len(set(places)) == len(places) > 8
    assert all(target["expr"] for panel in panels() for target in panel["targets"])


def test_prometheus_asks_the_job_that_the_alerts_name():
    [job] = yaml.safe_load((MONITORING / "prometheus.yml").read_text())["scrape_configs"]
    assert job["metrics_path"] == "/metrics"
    assert f'up{{job="{job["job_name"]}"}}' in (MONITORING / "alerts.yml").read_text()
