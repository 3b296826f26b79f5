"""The service as it is often written first: Flask on its development server, all of it in memory, gone with the process.

The development server has a thread for each connection and logs each request, as it does by default, to its standard error.
"""
import os
import threading
import time
import uuid
from collections import deque

from flask import Flask, jsonify, request

PRIORITIES = ("HIGH", "MEDIUM", "LOW")

app = Flask(__name__)
ingestions = {}
waiting = {priority: deque() for priority in PRIORITIES}  # append and popleft are safe among threads


def valid(ids, priority):
    return (
        isinstance(ids, list)
        and 1 <= len(ids) <= 10_000
        and all(type(i) is int and 1 <= i <= 1_000_000_007 for i in ids)
        and priority in PRIORITIES
    )


@app.get("/health")
def health():
    return jsonify(status="UP")


@app.post("/ingest")
def ingest():
    body = request.get_json()
    if not isinstance(body, dict):
        return jsonify(error="no object"), 400
    ids, priority = body.get("ids"), body.get("priority", "MEDIUM")
    if not valid(ids, priority):
        return jsonify(error="ids or priority"), 400
    ingestion_id = str(uuid.uuid4())
    batches = [
        {"batch_id": str(uuid.uuid4()), "ids": ids[i : i + 3], "status": "yet_to_start"} for i in range(0, len(ids), 3)
    ]
    ingestions[ingestion_id] = batches
    waiting[priority].extend(batches)
    return jsonify(ingestion_id=ingestion_id)


@app.get("/status/<ingestion_id>")
def status(ingestion_id):
    if ingestion_id not in ingestions:
        return jsonify(error="unknown"), 404
    return jsonify(ingestion_id=ingestion_id, batches=ingestions[ingestion_id])


def work():
    """Takes one batch every five seconds; fetching it is left out, since what is measured is accepting."""
    while True:
        for line in waiting.values():
            if line:
                line.popleft()["status"] = "completed"
                break
        time.sleep(5)


threading.Thread(target=work, daemon=True).start()
app.run(host="127.0.0.1", port=int(os.environ["PORT"]))
