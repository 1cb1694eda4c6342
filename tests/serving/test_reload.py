"""A real reload: the old worker serves until the new one has loaded."""
import http.client
import os
import signal
import threading
import time


def test_a_reload_loses_no_request_and_keeps_nobody_waiting(proxied):
    first = proxied.log.read_text().count("Booting worker")
    stop, lost, waits = threading.Event(), [], []

    def client(stays_connected):
        connection = None
        while not stop.is_set():
            began = time.monotonic()
            try:
                if connection is None or not stays_connected:
                    connection = http.client.HTTPConnection("127.0.0.1", proxied.port, timeout=30)
                connection.request("POST", "/api/v1/me/household-requests", "{}", {
                    "Authorization": f"Bearer {proxied.city.tokens[stays_connected]}", "Content-Type": "application/json"})
                answer = connection.getresponse()
                answer.read()
                if answer.status != 422:
                    lost.append(answer.status)
            except (OSError, http.client.HTTPException) as error:
                lost.append(error)
                connection = None
            waits.append(time.monotonic() - began)
            time.sleep(0.25)  # under the rate limit, also where loading takes a minute
    clients = [threading.Thread(target=client, args=(n % 2,)) for n in range(4)]
    for thread in clients:
        thread.start()
    os.kill(proxied.process.pid, signal.SIGHUP)
    until = time.monotonic() + 60
    while "Worker exiting" not in proxied.log.read_text() and time.monotonic() < until:
        time.sleep(0.1)
    stop.set()
    for thread in clients:
        thread.join()
    log = proxied.log.read_text()
    assert log.count("Booting worker") == first + 1 and log.count("Worker exiting") == 1
    assert lost == [] and len(waits) > 20
    assert max(waits) < 2  # loading the code takes longer
