"""In which order tests run: by chance, but first those that take seconds, so that no worker is left with one of them at the end."""
import pytest

SLOW = ("tests/browser/", "tests/commands/test_demo.py", "tests/test_readme_tour.py", "tests/services/test_ledger_properties.py",
        "tests/serving/", "tests/test_contract.py")


def pytest_collection_modifyitems(items):
    items.sort(key=lambda item: next((place for place, name in enumerate(SLOW) if item.nodeid.startswith(name)), len(SLOW)))


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config, log):
    """A worker that has done its share takes of another's, from the end."""
    from xdist.scheduler import WorkStealingScheduling
    return WorkStealingScheduling(config, log) if config.option.dist == "load" else None
