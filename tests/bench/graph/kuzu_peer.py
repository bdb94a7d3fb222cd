"""Kuzu's side of the graph benchmark.

Reads one JSON request a line from standard input and answers each with one line on standard output.
Times are taken here, around the calls of Kuzu's module, so that the pipe is in none of them.
"""
import decimal
import json
import os
import sys
import time
import warnings

import kuzu

warnings.simplefilter("ignore", DeprecationWarning)  # prepare() is deprecated, and what we want
BUFFER_POOL = 4 << 30
THREADS = 2


class Peer:
    def __init__(self):
        self.database = None
        self.connection = None
        self.prepared = {}

    def version(self, request):
        return {"version": kuzu.__version__}

    def open(self, request):
        self.database = kuzu.Database(
            request["path"],
            buffer_pool_size=BUFFER_POOL,
            max_num_threads=THREADS,
            read_only=request.get("read_only", False),
        )
        self.connection = kuzu.Connection(self.database, num_threads=THREADS)
        return {}

    def close(self, request):
        self.prepared.clear()
        self.connection.close()
        self.database.close()
        return {}

    def load(self, request):
        for suffix in ("", ".wal", ".shadow"):
            if os.path.exists(request["path"] + suffix):
                os.remove(request["path"] + suffix)
        started = time.perf_counter()
        self.open(request)
        for statement in request["schema"]:
            self.connection.execute(statement)
        for table, path in request["files"]:
            self.connection.execute(f'COPY {table} FROM "{path}" (HEADER=true)')
        self.close(request)
        return {"seconds": time.perf_counter() - started}

    def schema(self, request):
        for statement in request["schema"]:
            self.connection.execute(statement)
        return {}

    def ask(self, request):
        return {"rows": self.connection.execute(request["text"]).get_all()}

    def run(self, request):
        text = request["text"]
        if request["texts"]:
            calls = [(literal, {}) for literal in request["texts"]]
        else:
            if text not in self.prepared:
                self.prepared[text] = self.connection.prepare(text)
            calls = [(self.prepared[text], given) for given in request["parameters"]]
        execute = self.connection.execute
        results = []
        milliseconds = 0.0
        started = time.perf_counter()
        if request["transaction"]:
            execute("BEGIN TRANSACTION")
        for statement, parameters in calls:
            result = execute(statement, parameters)
            results.append(result.get_all())
            milliseconds += result.get_execution_time()
            result.close()
        if request["transaction"]:
            execute("COMMIT")
        seconds = time.perf_counter() - started
        return {"seconds": seconds, "inside": milliseconds / 1000, "results": results}


def plain(value):
    """Sums are decimals in Kuzu."""
    if isinstance(value, decimal.Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    return str(value)


def main():
    peer = Peer()
    for line in sys.stdin:
        request = json.loads(line)
        try:
            answer = getattr(peer, request["do"])(request)
        except Exception as error:  # whatever Kuzu raises is the answer
            answer = {"error": str(error)}
        print(json.dumps(answer, default=plain), flush=True)


if __name__ == "__main__":
    main()
