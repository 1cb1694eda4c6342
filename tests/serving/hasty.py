from web_worker import WebWorker


class HastyWorker(WebWorker):
    """Waits for nobody longer than a test does."""

    receive_seconds = 1
