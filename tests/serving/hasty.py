from web_worker import WebWorker


class HastyWorker(WebWorker):
    """Waits for nobody longer than a test does."""

    receive_seconds = 1


class SmallWorker(WebWorker):
    """Has room for one more than it serves with each thread."""

    receive_seconds = 20  # who stalls keeps a thread for the whole of a test
    waiting_for_each_thread = 1
    door_seconds = 0.1
