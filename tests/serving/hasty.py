from web_worker import WebWorker


class HastyWorker(WebWorker):
    """Waits for nobody longer than a test does, and holds no more than two pictures."""

    head_seconds = 1
    whole_seconds = 3
    most_held = 8 * 1024 * 1024
